import { createStop, type Stop } from '../apply/stop.js';
import { PlinthError } from '../errors.js';
import type { LockSession } from '../model/status.js';
import type { UnlockResult } from '../model/unlock.js';
import type { ResolvedUnlockOptions } from '../options.js';
import { waitFor } from '../postgres/delay.js';
import { renderHolder } from '../postgres/lock.js';
import { endHolder, isThere, readLockStatus } from '../postgres/lock-status.js';
import type { Session } from '../postgres/session.js';
import { getSqlState, INSUFFICIENT_PRIVILEGE } from '../postgres/sqlstate.js';
import type { Context } from './prepared.js';
import { withTarget } from './reading.js';
import { createTarget } from './target.js';

const POLL_MS = 100;

/** Tells who holds the lock and, where it is asked to, ends that session: if the very same one holds it still. */
export async function unlockTarget(options: ResolvedUnlockOptions, context: Context): Promise<UnlockResult> {
  const target = await createTarget(options, 'unlock', context);
  const stop = createStop(options.timeout, context.signal);
  try {
    return await withTarget(
      target,
      { ...context, timeoutMs: options.timeout },
      'looking at the lock',
      async (session) => {
        const before = await readLockStatus(session, options.ledger);
        const { holder } = before;
        const found = { target: target.label, holder, lock: before };
        if (holder === null) return { ...found, outcome: 'free', sql: null, psql: null };
        const sql = `select pg_terminate_backend(${holder.pid});`;
        const psql = target.psql === null ? null : `${target.psql} -c '${sql}'`;
        ensurePid(options, holder);
        if (!options.yes) return { ...found, outcome: 'held', sql, psql };
        await end(session, options, holder, stop);
        const lock = await readLockStatus(session, options.ledger);
        return { ...found, outcome: 'ended', lock, sql, psql };
      },
    );
  } finally {
    stop.dispose();
  }
}

function ensurePid({ pid }: ResolvedUnlockOptions, holder: LockSession): void {
  if (pid === null || pid === holder.pid) return;
  throw new PlinthError('HOLDER_CHANGED', { pid, now: renderHolder(holder) });
}

async function end(
  session: Session,
  { ledger }: ResolvedUnlockOptions,
  holder: LockSession,
  stop: Stop,
): Promise<void> {
  const sent = await endHolder(session, ledger, holder).catch((cause: unknown) => {
    if (getSqlState(cause) !== INSUFFICIENT_PRIVILEGE) throw cause;
    const { pid, user, client } = holder;
    const args = { pid, user, client, reason: (cause as Error).message };
    throw new PlinthError('UNLOCK_REFUSED', args, { cause });
  });
  if (sent === null) {
    const now = (await readLockStatus(session, ledger)).holder;
    throw new PlinthError('HOLDER_CHANGED', {
      pid: holder.pid,
      now: now === null ? null : renderHolder(now),
    });
  }
  while (await isThere(session, holder)) {
    // What the server's timeout would say in its own words.
    if (stop.getRemainingMs() < 2 * POLL_MS) {
      const still = (await readLockStatus(session, ledger)).holder ?? holder;
      throw new PlinthError('HOLDER_STAYS', { holder: renderHolder(still) });
    }
    stop.throwIfStopped('ending the holder');
    await waitFor(POLL_MS);
  }
}
