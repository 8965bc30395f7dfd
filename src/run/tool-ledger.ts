import type { ToolReconciled, ToolWriter } from '../apply/tool-ledger.js';
import { PlinthError } from '../errors.js';
import { getToolId } from '../ledgers/record.js';
import type { ToolLedger } from '../ledgers/tool.js';
import { getToolLedger } from '../ledgers/tool-ledgers.js';
import type { Finding } from '../model/finding.js';
import type { History } from '../model/history.js';
import type { Ledger } from '../model/ledger.js';
import { renderRecordedSql } from '../model/recorded.js';
import type { ToolLedgerName, ToolRecord } from '../model/tool-ledger.js';
import type { ResolvedPlanOptions } from '../options.js';
import type { PlannableStatement } from '../plan/plannable.js';
import { getTakenOver, type TakenOver } from '../plan/taken-over.js';
import { renderIdentifier } from '../postgres/quote.js';
import { withReadOnly } from '../postgres/read-only.js';
import type { Session } from '../postgres/session.js';
import { ensureMayWriteTable, type FoundTable, findToolTable, readToolRows } from '../postgres/tool-table.js';
import type { Planner } from './planning.js';
import type { Prepared } from './prepared.js';
import { createComparison, type Run } from './tool-comparison.js';

/** A tool's table as it was found; the record is null where there is none. */
interface ToolState {
  readonly found: FoundTable;
  readonly record: ToolRecord | null;
}

/** Reads another tool's table, and makes of it what a run needs. */
export interface ToolReader {
  /** Loads what `reconcile` will need, as things are now: it may have to watch the history. Throws as that does, but for differences. */
  prepareFor(own: Ledger, run: Run): Promise<void>;
  /**
   * Plinth's ledger with what the tool applied, once the catalogue was compared.
   *
   * @throws TOOL_LEDGER_MISSING, TOOL_LEDGER_UNREADABLE, TOOL_LEDGER_UNFIT, TOOL_LEDGER_AHEAD, TOOL_LEDGER_DIFFERS
   */
  reconcile(own: Ledger, run: Run): Promise<ToolReconciled>;
}

/** Whose table it is, and what is to be done with it. */
export interface ToolUse {
  readonly name: ToolLedgerName;
  readonly trusts: boolean;
  readonly writes: boolean;
}

/** @throws OPTIONS_INVALID where the folder is not that tool's, or its table cannot be written. */
export function createToolReader(
  prepared: Prepared,
  options: ResolvedPlanOptions,
  planner: Pick<Planner, 'statements' | 'watched'>,
  { name, trusts, writes }: ToolUse,
): ToolReader {
  const { history } = prepared;
  const tool = getToolLedger(name.tool);
  ensureOwnTool(prepared, tool, writes);
  const defaults = history.toolTable ?? tool.table;
  const place = name.table === null ? defaults : { schema: name.schema, table: name.table };
  // Drizzle and node-pg-migrate have a schema of their own.
  const wanted = { ...place, schema: place.schema ?? tool.table.schema };
  const createCompare = createComparison(prepared, planner);

  const decide = async (own: Ledger, run: Run) => {
    const { found, record } = await run((session) =>
      readState(session, tool, wanted, prepared, { trusts, writes }),
    );
    const table = `${found.schema}.${found.table}`;
    const about = { tool: tool.tool, table };
    const fit = record ?? NOTHING;
    const findings = ensureFit(fit, about, tool.mend, options.allowChanged);
    const taken = getTakenOver(history, planner.statements, own, fit);
    if (!trusts) ensureNotAhead(prepared, taken, about);
    const pending = writes ? getPending(prepared, fit) : [];
    const late = pending.filter((ordinal) => taken.whole.has(ordinal));
    const kept = planner.watched?.slice.kept;
    const taking = taken.statements.filter(({ ordinal }) => kept === undefined || kept.has(ordinal));
    const known = planner.statements.filter(({ migration, session }) => !session && late.includes(migration));
    const compare = await createCompare({
      taken,
      statements: [...taking, ...known],
      about: { ...about, why: taking.length > 0 ? 'trust' : 'write' },
    });
    return { about, found, findings, taken, taking, known, pending, compare };
  };
  return {
    prepareFor: async (own, run) => void (await decide(own, run)),
    async reconcile(own, run) {
      const { about, found, findings, taken, taking, known, pending, compare } = await decide(own, run);
      const compared = await compare(run);
      const writer = writes ? createWriter(prepared, tool, found, pending) : null;
      return {
        ledger: taken.ledger,
        rows: taking.map((statement) => ({
          migration: history.migrations[statement.migration]!.id,
          index: statement.index,
          digest: statement.digest,
          state: 'adopted',
          sql: renderRecordedSql(statement),
        })),
        findings: [...findings, ...tell(about, taking, known, compared.checked), ...compared.findings],
        writer,
      };
    },
  };
}

type About = { readonly tool: string; readonly table: string };

const NOTHING: ToolRecord = {
  applied: new Set(),
  outdated: new Set(),
  changed: [],
  unknown: [],
  unfinished: [],
};

async function readState(
  session: Session,
  tool: ToolLedger,
  wanted: { readonly schema: string | null; readonly table: string },
  { history, options }: Prepared,
  { trusts, writes }: { readonly trusts: boolean; readonly writes: boolean },
): Promise<ToolState> {
  return await withReadOnly(session, async () => {
    const found = await findToolTable(session, wanted, options.searchPath);
    const table = `${found.schema}.${found.table}`;
    if (!found.exists) {
      if (trusts && !writes) {
        const { elsewhere } = found;
        throw new PlinthError('TOOL_LEDGER_MISSING', { tool: tool.tool, table, elsewhere });
      }
      return { found, record: null };
    }
    const name = `${renderIdentifier(found.schema)}.${renderIdentifier(found.table)}`;
    const rows = await readToolRows(session, tool.getReadSql(name), table);
    if (typeof rows === 'string')
      throw new PlinthError('TOOL_LEDGER_UNREADABLE', { tool: tool.tool, table, reason: rows });
    if (writes) await ensureMayWriteTable(session, found);
    return { found, record: tool.getRecord(history, rows) };
  });
}

function ensureOwnTool({ history }: Prepared, tool: ToolLedger, writes: boolean): void {
  const problems: string[] = [];
  const option = writes ? '--write-ledger' : '--trust-ledger';
  if (history.format !== tool.tool)
    problems.push(
      `${option} ${tool.tool}: this folder is one of ${history.format}, whose versions it does not have`,
    );
  const refusal = writes && problems.length === 0 ? getRefusal(history, tool) : null;
  if (refusal !== null) problems.push(`${option} ${tool.tool}: ${refusal}`);
  if (problems.length > 0) throw new PlinthError('OPTIONS_INVALID', { problems });
}

function getRefusal(history: History, tool: ToolLedger): string | null {
  const code = history.migrations.find(({ recorded }) => recorded === true);
  if (code !== undefined && tool.getCodeId === undefined)
    return `Plinth cannot write down that ${code.name} ran, a step in code`;
  return tool.getRefusal?.(history) ?? null;
}

function ensureFit(
  record: ToolRecord,
  about: About,
  mend: string,
  allowChanged: boolean,
): readonly Finding[] {
  const { unfinished, unknown } = record;
  const changed = allowChanged ? [] : record.changed;
  if (unfinished.length + unknown.length + changed.length > 0)
    throw new PlinthError('TOOL_LEDGER_UNFIT', { ...about, unfinished, unknown, changed, mend });
  return record.changed.map((migration) => ({
    code: 'TOOL_FILE_CHANGED',
    severity: 'warning',
    args: { ...about, migration },
  }));
}

function ensureNotAhead({ history }: Prepared, { statements }: TakenOver, about: About): void {
  const ahead = [...new Set(statements.map(({ migration }) => history.migrations[migration]!.name))];
  if (ahead.length > 0) throw new PlinthError('TOOL_LEDGER_AHEAD', { ...about, migrations: ahead });
}

const getPending = ({ history }: Prepared, { applied }: ToolRecord): readonly number[] =>
  history.migrations.map(({ ordinal }) => ordinal).filter((ordinal) => !applied.has(ordinal));

function createWriter(
  { history }: Prepared,
  tool: ToolLedger,
  found: FoundTable,
  pending: readonly number[],
): ToolWriter {
  return {
    table: `${found.schema}.${found.table}`,
    create: found.exists ? [] : tool.getCreateSql(found),
    pending,
    getInsertSql(ordinal) {
      const migration = history.migrations[ordinal]!;
      return tool.getInsertSql(found, {
        ...migration,
        id: getToolId(migration, tool.getCodeId) ?? migration.id,
      });
    },
  };
}

function tell(
  about: About,
  taking: readonly PlannableStatement[],
  known: readonly PlannableStatement[],
  checked: number,
): readonly Finding[] {
  const count = (statements: readonly PlannableStatement[]): number =>
    new Set(statements.map(({ migration }) => migration)).size;
  const args = { ...about, checked };
  const create = (code: string, statements: readonly PlannableStatement[]): Finding => ({
    code,
    severity: 'info',
    args: { ...args, migrations: count(statements), statements: statements.length },
  });
  return [
    ...(taking.length === 0 ? [] : [create('TOOL_LEDGER_TRUSTED', taking)]),
    ...(known.length === 0 ? [] : [create('TOOL_LEDGER_WRITTEN', known)]),
  ];
}
