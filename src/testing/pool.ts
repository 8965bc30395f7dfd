import type { Session } from '../postgres/session.js';
import { getCountWarmSql, getPoolChannel } from '../postgres/test-databases.js';
import type { Cloner } from './clone.js';

/** Databases that are made ahead of their use, for all processes that want the same. */
export interface Pool {
  /** Ends once as many are ready as there should be; throws what kept the pool from it. */
  fill(): Promise<void>;
  stop(): Promise<void>;
}

/** Keeps `size` databases ready, in the background; the process does not wait for it. */
export async function createPool(cloner: Cloner, size: number, open: () => Promise<Session>): Promise<Pool> {
  const channel = getPoolChannel(await cloner.ensure());
  const digest = channel.slice(channel.lastIndexOf('_') + 1);
  let session: Session | null = null;
  let filling: Promise<void> | null = null;
  let isStopped = false;
  let isWanted = false;

  const ensureSession = async (): Promise<Session> => {
    if (session !== null) return session;
    const opened = await open();
    session = opened;
    void opened.closed.then(() => {
      if (session === opened) session = null;
    });
    opened.onNotification((name) => {
      if (name === channel) fill().catch(() => {});
    });
    await opened.execute(`listen ${channel}`);
    return opened;
  };
  const run = async (): Promise<void> => {
    const own = await ensureSession();
    own.ref();
    try {
      do {
        isWanted = false;
        const [row] = await own.query(getCountWarmSql(digest));
        for (let ready = Number(row?.['ready']); ready < size && !isStopped; ready += 1) {
          await cloner.clone('warm', own);
        }
      } while (isWanted && !isStopped);
    } finally {
      own.unref();
    }
  };
  const fill = (): Promise<void> => {
    isWanted = true;
    filling ??= run().finally(() => {
      filling = null;
    });
    return filling;
  };
  return {
    fill,
    stop: async () => {
      isStopped = true;
      await filling?.catch(() => {});
      await session?.close();
    },
  };
}
