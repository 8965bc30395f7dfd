import type { LedgerState } from '../model/ledger.js';
import { renderPlace } from '../model/place.js';
import type { PlannedMigration, Step } from '../model/plan.js';
import { renderRecordedSql } from '../model/recorded.js';
import {
  getForgetStatementsSql,
  getRecordStatementsSql,
  type RecordScope,
  type StatementRow,
} from '../postgres/record-queries.js';
import { isServerError, REFUSES_TRANSACTION, SESSION_ENDED, type ServerError } from '../postgres/sqlstate.js';
import { renderPlain } from './concurrent-index.js';
import { createMigrationError } from './failure.js';
import { createMessage, getFailedPart, type MessagePart } from './message.js';
import { getStepKey } from './progress.js';
import { getRightsStatements } from './rights.js';
import { createRoleExists } from './roles.js';
import { getResetStatements, getTimeoutStatements } from './settings.js';
import type { Turn } from './turn.js';

/** What one transaction holds. */
export interface Transaction {
  readonly migration: PlannedMigration;
  readonly steps: readonly Step[];
  /** Idle steps whose rows are written along. */
  readonly elided: readonly Step[];
  /** Keys of the index steps that run without CONCURRENTLY. */
  readonly plain: ReadonlySet<string>;
  /** The migration ends here: the session is put back. */
  readonly last: boolean;
}

const own = (sql: string): MessagePart => ({ sql, step: null });

/**
 * Runs the steps and writes their ledger rows in one transaction and one round trip. `outside` where nothing was
 * committed because the returned step refuses a transaction; `again` where a step is now left out.
 */
export async function runTransaction(
  turn: Turn,
  transaction: Transaction,
): Promise<{ readonly done: true } | { readonly done: false; readonly outside: Step | null }> {
  const { session, stop, progress, skipped } = turn;
  const { migration, steps, elided } = transaction;
  const phase = `running ${migration.name}`;
  const parts = getParts(turn, transaction);
  const message = createMessage(parts);
  const commit = parts.findIndex((part) => part.sql === COMMIT);
  const applied = steps.filter((step) => !skipped.has(getStepKey(step)));
  const mark = (): void => {
    progress.mark(applied, 'applied');
    progress.mark(
      steps.filter((step) => skipped.has(getStepKey(step))),
      'skipped',
    );
    progress.mark(elided, 'elided');
  };
  stop.throwIfStopped(phase);
  try {
    await stop.guard(session, () => session.execute(message.text, message.rows));
  } catch (error) {
    if (!isServerError(error) || SESSION_ENDED.has(error.code)) throw error;
    if ((error.completed ?? 0) > commit) {
      mark();
      await restore(turn);
      return { done: true };
    }
    await restore(turn);
    return await handleFailure(turn, transaction, message, error);
  }
  mark();
  return { done: true };
}

const COMMIT = 'commit';

function getParts(
  turn: Turn,
  { migration, steps, elided, plain, last }: Transaction,
): readonly MessagePart[] {
  const { skipped, settings, scope, stop } = turn;
  const sent = steps.filter((step) => !skipped.has(getStepKey(step)));
  return [
    ...getTimeoutStatements(settings, stop.getRemainingMs()).map(own),
    own('begin'),
    ...sent.flatMap((step) => {
      const { before, after } = getRightsStatements(step);
      const sql = plain.has(getStepKey(step)) ? renderPlain(step) : step.sql;
      return [...before.map(own), { sql, step }, ...after.map(own)];
    }),
    ...getLedgerStatements(
      scope,
      steps.map((step) => [step, skipped.has(getStepKey(step)) ? 'skipped' : 'applied'] as const),
      elided,
      getOutdated(migration, last),
      last ? turn.tool.at.get(migration.ordinal) : [],
    ).map(own),
    own(COMMIT),
    ...(last ? getResetStatements(settings).map(own) : []),
  ];
}

/** The statements that write the rows of steps, and those into another tool's table, to go into a transaction; none where no step has a row. */
export function getLedgerStatements(
  scope: RecordScope,
  steps: readonly (readonly [Step, LedgerState])[],
  elided: readonly Step[],
  outdated: Outdated | null = null,
  tool: readonly string[] = [],
): readonly string[] {
  const rows = [...steps, ...elided.map((step) => [step, 'elided'] as const)]
    .filter(([step]) => !step.session)
    .map(([step, state]) => createRow(step, state));
  if (rows.length === 0 && outdated === null && tool.length === 0) return [];
  // The migration may have taken another role, which may not write here. LOCAL, because later steps may count on it.
  return [
    'set local session authorization default',
    'set local role none',
    ...(rows.length === 0 ? [] : [getRecordStatementsSql(scope, rows)]),
    ...(outdated === null ? [] : [getForgetStatementsSql(scope, outdated)]),
    ...tool,
  ];
}

/** Rows of a repeatable migration that its last transaction takes away. */
interface Outdated {
  readonly migration: string;
  readonly indexes: readonly number[];
}

/** What the end of a migration takes away from the ledger; null before its end, and where there is nothing. */
export function getOutdated({ id, outdated = [] }: PlannedMigration, last: boolean): Outdated | null {
  return last && outdated.length > 0 ? { migration: id, indexes: outdated } : null;
}

/** What the ledger keeps of a step. */
export function createRow(step: Step, state: LedgerState): StatementRow {
  const { migrationId: migration, index, digest } = step;
  return { migration, index, digest, state, sql: renderRecordedSql(step) };
}

/** Rolls back and puts the session back as it was opened. */
export async function restore({ session, settings }: Pick<Turn, 'session' | 'settings'>): Promise<void> {
  await session.execute(['rollback', ...getResetStatements(settings)].join(';\n'));
}

async function handleFailure(
  turn: Turn,
  { migration }: Transaction,
  message: ReturnType<typeof createMessage>,
  error: ServerError,
): Promise<{ readonly done: false; readonly outside: Step | null }> {
  const failed = getFailedPart(message, error);
  const step = failed?.part.step ?? null;
  if (turn.stop.reason !== null) {
    const at = step === null ? migration.name : renderPlace(step);
    throw turn.stop.createError(`running ${at}`, error);
  }
  if (step !== null && isRefusal(step, error)) return { done: false, outside: step };
  const role = step?.roles[0];
  if (step?.kind === 'CreateRoleStmt' && role !== undefined && ROLE_MADE.has(error.code)) {
    turn.skipped.add(getStepKey(step));
    turn.progress.add(createRoleExists(role, step));
    return { done: false, outside: null };
  }
  if (step !== null) turn.progress.mark([step], 'failed');
  throw await createMigrationError(turn.context, migration, { step, offset: failed?.offset ?? null }, error);
}

// Roles belong to the whole server: a run on another database may have made it since we looked.
const ROLE_MADE: ReadonlySet<string> = new Set(['42710', '23505']);

// SET TRANSACTION and its like give 25001, too, where they come too late.
function isRefusal(step: Step, error: ServerError): boolean {
  return REFUSES_TRANSACTION.has(error.code) && step.kind !== 'VariableSetStmt';
}
