import { renderPlace } from '../model/place.js';
import type { Step } from '../model/plan.js';
import { isServerError, REFUSES_TRANSACTION, SESSION_ENDED, type ServerError } from '../postgres/sqlstate.js';
import { dropAhead, sendTransaction } from './ahead.js';
import { createMigrationError } from './failure.js';
import { getFailedPart, type Message } from './message.js';
import { getStepKey } from './progress.js';
import { createRoleExists } from './roles.js';
import { getResetStatements } from './settings.js';
import { COMMIT, type Transaction } from './transaction.js';
import type { Turn } from './turn.js';

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
  if (turn.ahead === null) stop.throwIfStopped(`running ${migration.name}`);
  const applied = steps.filter((step) => !skipped.has(getStepKey(step)));
  const mark = (): void => {
    progress.mark(applied, 'applied');
    progress.mark(
      steps.filter((step) => skipped.has(getStepKey(step))),
      'skipped',
    );
    progress.mark(elided, 'elided');
  };
  const { message, follow } = sendTransaction(turn, transaction);
  try {
    await stop.guard(session, follow);
  } catch (error) {
    if (!isServerError(error) || SESSION_ENDED.has(error.code)) throw error;
    await dropAhead(turn);
    await restore(turn);
    const commit = message.parts.findIndex(({ sql }) => sql === COMMIT);
    if ((error.completed ?? 0) <= commit) return await handleFailure(turn, transaction, message, error);
  }
  mark();
  return { done: true };
}

/** Rolls back and puts the session back as it was opened. */
export async function restore({ session, settings }: Pick<Turn, 'session' | 'settings'>): Promise<void> {
  await session.execute(['rollback', ...getResetStatements(settings)].join(';\n'));
}

async function handleFailure(
  turn: Turn,
  { migration }: Transaction,
  message: Message,
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
