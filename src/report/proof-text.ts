import type { Finding } from '../model/finding.js';
import type { Standing } from '../model/proof.js';
import { renderFinding } from './finding-words.js';
import { renderCount, renderDuration, renderList } from './measure.js';

/** What `prove` learned and wrote, as the report needs it. */
export interface ProofSummary {
  readonly path: string;
  readonly statements: number;
  readonly unobserved: number;
  readonly tables: readonly {
    readonly schema: string;
    readonly name: string;
    readonly proof?: {
      readonly standing: Standing;
      readonly statements: readonly number[];
      readonly why?: Pick<Finding, 'code' | 'args'>;
    };
  }[];
  readonly sequences: number;
  readonly sequencesEqual: number;
  readonly elapsedMs: number;
}

/** What `prove` found out and wrote, for people. */
export function renderProof(summary: ProofSummary): string {
  const { path, statements, tables, unobserved, sequences, sequencesEqual, elapsedMs } = summary;
  const [proven, enlarged, lost] = STANDINGS.map((standing) => getTables(summary, standing).length);
  const reasons = tables.flatMap(({ schema, name, proof }) =>
    proof?.why === undefined
      ? []
      : [`  ${schema}.${name}: ${renderFinding({ ...proof.why, severity: 'warning' })}`],
  );
  return [
    `Proved ${renderCount(tables.length, 'table')} of ${renderCount(statements, 'statement')} in ${renderDuration(elapsedMs)}: ${proven} proven, ${enlarged} enlarged, ${lost} not provable; a slice is ${getAverageSlice(summary).toFixed(1)} % of the history on average.`,
    ...reasons,
    ...(sequences > 0
      ? [`Random orders of requests that end as one request for all: ${sequencesEqual} of ${sequences}.`]
      : []),
    ...(unobserved > 0
      ? [
          `${renderCount(unobserved, 'statement')} could not be observed; plans keep them where they may matter.`,
        ]
      : []),
    `Wrote ${path}. Check it in beside the migrations: whoever selects tables then needs no scratch server.`,
  ].join('\n');
}

/** The last line of `prove --json`. */
export function renderProofJson(summary: ProofSummary): string {
  const { path, statements, tables, unobserved, sequences, sequencesEqual, elapsedMs } = summary;
  return JSON.stringify({
    format: 'plinth-events/1',
    type: 'proved',
    path,
    statements,
    tables: tables.length,
    unobserved,
    proven: getTables(summary, 'proven').length,
    enlarged: getTables(summary, 'enlarged').map(renderTable),
    notProvable: getTables(summary, 'not-provable').map(renderTable),
    slice: Number(getAverageSlice(summary).toFixed(2)),
    sequences,
    sequencesEqual,
    elapsedMs,
  });
}

const STANDINGS: readonly Standing[] = ['proven', 'enlarged', 'not-provable'];

const getTables = ({ tables }: ProofSummary, standing: Standing): ProofSummary['tables'] =>
  tables.filter(({ proof }) => proof?.standing === standing);

const renderTable = ({ schema, name, proof }: ProofSummary['tables'][number]) => ({
  table: `${schema}.${name}`,
  why: proof?.why,
});

/** In per cent of the statements, on a database of its own. */
function getAverageSlice({ tables, statements }: ProofSummary): number {
  const sizes = tables.flatMap(({ proof }) => (proof === undefined ? [] : [proof.statements.length]));
  return sizes.length === 0 || statements === 0
    ? 0
    : (100 * sizes.reduce((sum, size) => sum + size, 0)) / sizes.length / statements;
}

/** What `prove --check` read, where it fits. */
export type CheckedSummary = Pick<ProofSummary, 'path' | 'statements' | 'tables'>;

/** That a lock file fits, for people. */
export function renderChecked({ path, statements, tables }: CheckedSummary): string {
  return `${path} fits: ${renderCount(statements, 'statement')}, ${renderCount(tables.length, 'table')}${renderLost(tables)}.`;
}

function renderLost(tables: ProofSummary['tables']): string {
  const lost = tables.filter(({ proof }) => proof?.standing === 'not-provable');
  return lost.length === 0
    ? ''
    : `; not provable: ${renderList(lost.map(({ schema, name }) => `${schema}.${name}`))}`;
}

/** The last line of `prove --check --json`. */
export function renderCheckedJson({ path, statements, tables }: CheckedSummary): string {
  const line = { format: 'plinth-events/1', type: 'checked', path, statements, tables: tables.length };
  return JSON.stringify(line);
}
