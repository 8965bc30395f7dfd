import { randomBytes } from 'node:crypto';
import { PlinthError } from '../errors.js';
import { getPause, waitFor } from '../postgres/delay.js';
import type { Session } from '../postgres/session.js';
import { getOwnSql } from '../postgres/test-databases.js';
import type { TestServer } from './server.js';
import { createSingle, type Single } from './single.js';

/** Who owns databases of tests: alive as long as its session is. */
export interface Owner extends Single {
  /** Eight hex digits. */
  readonly id: string;
  readonly applicationName: string;
  readonly user: string;
  /** Whether the server writes to its disk for safety's sake. */
  readonly fsync: boolean;
}

export interface OwnerOptions {
  /** Who asks, as others see it in the application_name. */
  readonly service: string;
  /** Where its session is; null: where nothing is but what we have to say. */
  readonly database: string | null;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

// For one attempt, where nobody waits for it.
const UNWANTED_MS = 1_000;

/**
 * Opens a session that says, by a lock, that this process is alive. It ends with the process, however that ends; where it was
 * cut, it is opened again at once, because without it our databases look like nobody's.
 */
export async function createOwner(server: TestServer, options: OwnerOptions): Promise<Owner> {
  const id = randomBytes(4).toString('hex');
  const applicationName = `plinth/${options.service}/test-${id}.${process.pid}`;
  let facts = { user: '', fsync: true };
  const open = async (isWanted: boolean): Promise<Session> => {
    const start = performance.now();
    const timeoutMs = isWanted ? options.timeoutMs : UNWANTED_MS;
    const within = { ...options, applicationName, timeoutMs, starts: isWanted };
    const session = await server.open(options.database, within);
    try {
      for (let attempt = 0; ; attempt += 1) {
        const row = (await session.execute(getOwnSql(id))).at(-1)!.rows[0]!;
        facts = { user: String(row['user']), fsync: row['fsync'] === true };
        if (row['owned'] === true) return session;
        // The session of before is still there, as far as the server knows.
        if (performance.now() - start > timeoutMs) {
          throw new PlinthError('TIMEOUT', { phase: 'connecting again', budgetMs: timeoutMs });
        }
        await waitFor(getPause(attempt, 50, 1_000));
      }
    } catch (error) {
      await session.close();
      throw error;
    }
  };
  const single = createSingle(open, { stays: true });
  await single.use(() => Promise.resolve());
  return {
    ...single,
    id,
    applicationName,
    get user() {
      return facts.user;
    },
    get fsync() {
      return facts.fsync;
    },
  };
}
