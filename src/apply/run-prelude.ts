import { MigrationFailedError } from '../errors.js';
import { isServerError, SESSION_ENDED } from '../postgres/sqlstate.js';
import { getAdvice } from './advice.js';
import { restore } from './run-transaction.js';
import { getResetStatements, getTimeoutStatements } from './settings.js';
import type { Turn } from './turn.js';

/** Runs the prelude's statements in one transaction; does nothing where there are none. */
export async function runPrelude(turn: Turn): Promise<void> {
  const { context, session, stop, settings } = turn;
  const statements = context.prelude ?? [];
  if (statements.length === 0) return;
  stop.throwIfStopped('running the prelude');
  const message = [
    ...getTimeoutStatements(settings, stop.getRemainingMs()),
    'begin',
    ...statements,
    'commit',
    ...getResetStatements(settings),
  ].join('\n;\n');
  try {
    await stop.guard(session, () => session.execute(message));
  } catch (error) {
    if (!isServerError(error) || SESSION_ENDED.has(error.code)) throw error;
    await restore(turn);
    if (stop.reason !== null) throw stop.createError('running the prelude', error);
    throw new MigrationFailedError(
      'MIGRATION_FAILED',
      {
        migration: 'the prelude',
        reason: error.message,
        sqlstate: error.code,
        detail: error.detail ?? null,
        serverHint: error.hint ?? null,
        where: error.where ?? null,
        advice: getAdvice(error.code, ''),
      },
      { cause: error },
    );
  }
}
