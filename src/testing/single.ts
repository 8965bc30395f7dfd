import { isSessionLost } from '../postgres/lost.js';
import type { Session } from '../postgres/session.js';

/** One session at a time, opened when it is needed, and again where it was lost. */
export interface Single {
  /**
   * Runs work on the session, one after the other. The process waits for the work, and not for the session. Work that met the
   * end of the session runs again on a new one, unless it may run but once.
   */
  use<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Waits for the work that was begun. */
  close(): Promise<void>;
}

export interface SingleOptions {
  /** Opened again at once where it was lost, and not only when it is needed. Default: false. */
  readonly stays?: boolean;
  /** How often work that met the end of its session runs, in all. Default: 3. */
  readonly attempts?: number;
}

// A server that restarts is back within half a minute.
const RETURNS = 120;
const RETURN_MS = 250;
const isTrue = (): boolean => true;
const isFalse = (): boolean => false;

/** `open` is told whether somebody waits for it; where nobody does, it fails soon where the server is away. */
export function createSingle(
  open: (isWanted: boolean) => Promise<Session>,
  { stays = false, attempts = 3 }: SingleOptions = {},
): Single {
  let isClosing = false;
  let current: Promise<Session> | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let users = 0;

  const connect = (isWanted: boolean): Promise<Session> => {
    const opening = open(isWanted);
    current = opening;
    const forget = (): void => {
      if (current === opening) current = null;
    };
    opening.then((session) => {
      if (users === 0) session.unref();
      void session.closed.then(() => {
        forget();
        if (stays) void reconnect();
      });
    }, forget);
    return opening;
  };
  const reconnect = async (): Promise<void> => {
    for (let left = RETURNS; left > 0 && current === null && !isClosing; left -= 1) {
      if (await connect(false).then(isTrue, isFalse)) return;
      // No reason for the process to go on.
      await new Promise((done) => setTimeout(done, RETURN_MS).unref());
    }
  };
  const run = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    for (let left = attempts; ; left -= 1) {
      // What nobody waited for may have failed where patience would not.
      const session = await (current?.catch(() => connect(true)) ?? connect(true));
      session.ref();
      try {
        return await work(session);
      } catch (error) {
        if (left <= 1 || !(await isSessionLost(error, session))) throw error;
        await session.close();
        // A new one may be on its way: forgotten, it would keep the lock from us.
        if ((await current?.catch(() => null)) === session) current = null;
      }
    }
  };
  return {
    use: (work) => {
      users += 1;
      const turn = queue.then(() => run(work));
      queue = turn
        .catch(() => {})
        .then(async () => {
          users -= 1;
          if (users === 0) (await current?.catch(() => null))?.unref();
        });
      return turn;
    },
    close: async () => {
      isClosing = true;
      await queue;
      await (await current?.catch(() => null))?.close();
    },
  };
}
