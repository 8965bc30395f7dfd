import { isServerError, SESSION_ENDED, type ServerError } from '../postgres/sqlstate.js';
import { getAdvice } from './advice.js';
import type { Prelude } from './context.js';
import { createFailedError } from './failure.js';
import { createMessage, getFailedPart, type Message } from './message.js';
import { restore } from './run-transaction.js';
import { getResetStatements, getTimeoutStatements } from './settings.js';
import type { Turn } from './turn.js';

/** Runs the prelude's statements in one transaction; does nothing where there are none. */
export async function runPrelude(turn: Turn): Promise<void> {
  const { context, session, stop, settings } = turn;
  const { prelude } = context;
  if (prelude === undefined || prelude.statements.length === 0) return;
  stop.throwIfStopped('running the prelude');
  const before = [...getTimeoutStatements(settings, stop.getRemainingMs()), 'begin'];
  const all = [...before, ...prelude.statements, 'commit', ...getResetStatements(settings)];
  const message = createMessage(all.map((sql) => ({ sql, step: null })));
  try {
    await stop.guard(session, () => session.execute(message.text));
  } catch (error) {
    if (!isServerError(error) || SESSION_ENDED.has(error.code)) throw error;
    await restore(turn);
    if (stop.reason !== null) throw stop.createError('running the prelude', error);
    const found = await findPlaces(prelude, message, before.length, error);
    const about = {
      migration: 'the prelude',
      reason: error.message,
      advice: getAdvice(error.code, ''),
    };
    throw createFailedError(about, found, error);
  }
}

async function findPlaces(prelude: Prelude, message: Message, before: number, error: ServerError) {
  const failed = getFailedPart(message, error);
  const statement = failed === null ? -1 : message.parts.indexOf(failed.part) - before;
  if (failed === null || statement < 0 || statement >= prelude.statements.length) {
    return { places: [], built: null };
  }
  const { where, internalQuery, internalPosition } = error;
  return await prelude.findPlaces(statement, {
    offset: failed.offset,
    where,
    internalQuery,
    internalPosition,
  });
}
