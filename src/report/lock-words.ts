import type { ErrorArgs } from './error-args.js';

interface Words {
  readonly message: string;
  readonly hint?: string;
}

type LockErrorCode =
  | 'LOCK_TIMEOUT'
  | 'HOLDER_CHANGED'
  | 'HOLDER_STAYS'
  | 'UNLOCK_REFUSED'
  | 'ENDED_BY_ADMINISTRATOR';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Every sentence about the lock and who holds it. */
export const LOCK_WORDS: { readonly [C in LockErrorCode]: (args: ErrorArgs[C]) => Words } = {
  LOCK_TIMEOUT: ({ waitedMs, holder, end }) => ({
    message: `another run holds the lock, waited ${seconds(waitedMs)}${holder === null ? '' : `: ${holder}`}`,
    hint:
      end === null
        ? 'Try again, or give more time with --timeout.'
        : `Give more time with --timeout, or end the holder: plinth unlock, or ${end}`,
  }),
  HOLDER_CHANGED: ({ pid, now }) => ({
    message: `process ${pid} does not hold the lock any more${now === null ? ': nobody does' : `, but ${now}`}`,
    hint: now === null ? 'There is nothing to unlock.' : 'Nothing was ended. Look again: plinth unlock',
  }),
  HOLDER_STAYS: ({ holder }) => ({
    message: `the holder was told to end and is still there: ${holder}`,
    hint: 'It ends when the server next looks for signals: a write to a slow disk or a foreign function may keep it. Look again with plinth unlock; restarting PostgreSQL ends it, too.',
  }),
  UNLOCK_REFUSED: ({ pid, user, client, reason }) => ({
    message: `this user may not end process ${pid}${user === null ? '' : ` of the user ${user}`}: ${reason}`,
    hint: `Connect as ${user === null ? 'the user of that session' : user}, as a member of pg_signal_backend (not for sessions of superusers) or as a superuser, or stop the program itself${client === null ? '' : ` at ${client}`}.`,
  }),
  ENDED_BY_ADMINISTRATOR: ({ target, reason }) => ({
    message: `somebody ended this run's session at ${target}: ${reason}`,
    hint: 'plinth unlock or pg_terminate_backend does so. What was committed is in the ledger; a rerun goes on from there.',
  }),
};
