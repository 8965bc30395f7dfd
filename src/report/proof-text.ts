import { renderCount } from './measure.js';

/** What `prove` learned and wrote, as the report needs it. */
export interface ProofSummary {
  readonly path: string;
  readonly statements: number;
  readonly tables: number;
  readonly unobserved: number;
}

/** What `prove` wrote, for people. */
export function renderProof({ path, statements, tables, unobserved }: ProofSummary): string {
  return [
    `Wrote ${path}: ${renderCount(statements, 'statement')}, ${renderCount(tables, 'table')}.`,
    ...(unobserved > 0
      ? [
          `${renderCount(unobserved, 'statement')} could not be observed; plans keep them where they may matter.`,
        ]
      : []),
    'Check it in beside the migrations: whoever selects tables then needs no scratch server.',
  ].join('\n');
}

/** The last line of `prove --json`. */
export function renderProofJson({ path, statements, tables, unobserved }: ProofSummary): string {
  return JSON.stringify({ format: 'plinth-events/1', type: 'proved', path, statements, tables, unobserved });
}
