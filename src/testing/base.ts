import { isPlinthError } from '../errors.js';
import type { ApplyOptions } from '../index.js';
import type { Finding } from '../model/finding.js';
import type { ResolvedTestingOptions } from '../options.js';
import { withLock } from '../postgres/lock.js';
import type { Session } from '../postgres/session.js';
import { getOtherOwnersSql, READ_TEST_DATABASES } from '../postgres/test-databases.js';
import { renderFinding } from '../report/finding-words.js';
import type { Context } from '../run/prepared.js';
import { type Cloner, createCloner } from './clone.js';
import { createServer } from './create-server.js';
import { dropDatabase } from './drop.js';
import { parseNote } from './note.js';
import { createOwner, type Owner } from './owner.js';
import { createPool, type Pool } from './pool.js';
import type { Access, TestServer } from './server.js';
import { createSingle } from './single.js';
import { hasLeftovers, type Swept, sweep } from './sweep.js';

/** What a process has on a server for its tests: shared by all that it makes there. */
export interface Base {
  readonly options: ResolvedTestingOptions;
  readonly server: TestServer;
  readonly owner: Owner;
  readonly cloner: Cloner;
  getAccess(database: string, options?: string): Promise<Access>;
  tell(finding: Finding): void;
  /** Drops a database; nobody waits for it, but the end of the process. */
  startDrop(name: string): void;
  /** Keeps as many databases ready as the options say, from now on. */
  startPool(size: number): void;
  sweep(): Promise<Swept>;
  /** Drops what was not disposed of, waits for what goes on in the background, and leaves the server. */
  stop(options?: { readonly withServer?: boolean; readonly sweeps?: boolean }): Promise<void>;
}

/** Opens it; what dead processes have left is swept in the background. */
export async function createBase(
  options: ResolvedTestingOptions,
  given: ApplyOptions,
  context: Context,
): Promise<Base> {
  const server = await createServer(options, context);
  const { service, timeout: timeoutMs, keepFor } = options;
  const within = { timeoutMs, signal: context.signal };
  const owner = await createOwner(server, { ...within, service });
  const { applicationName } = owner;
  const open = (): Promise<Session> => server.open(null, { ...within, applicationName });
  const background = createSingle(open);
  const going = new Set<Promise<unknown>>();
  let pool: Promise<Pool> | null = null;

  const tell = (finding: Finding): void => {
    if (context.onEvent !== undefined) context.onEvent({ type: 'finding', finding });
    else process.stderr.write(`plinth: ${renderFinding(finding)}\n`);
  };
  const track = (what: string, work: Promise<unknown>): void => {
    const seen = work.catch((error: unknown) => {
      const args = { what, reason: (error as Error).message };
      tell({ code: 'TEST_DATABASES_DISTURBED', severity: 'warning', args });
    });
    going.add(seen);
    void seen.then(() => going.delete(seen));
  };
  const runSweep = async (patienceMs: number): Promise<Swept> => {
    const session = await open();
    try {
      const lock = { schema: 'sweep of test databases', timeoutMs: patienceMs };
      return await withLock(session, lock, () => sweep(session, { keepFor }));
    } catch (error) {
      // Another process is at it.
      if (isPlinthError(error) && error.code === 'LOCK_TIMEOUT') return { databases: [], templates: [] };
      throw error;
    } finally {
      await session.close();
    }
  };
  if (await owner.use((session) => hasLeftovers(session, { keepFor })))
    track('what dead processes left', runSweep(0));

  const cloner = createCloner({ server, owner, options, given, context });
  const dropOwn = (): Promise<void> =>
    owner.use(async (session) => {
      const rows = await session.query(READ_TEST_DATABASES);
      for (const { name, note, owner: whose } of rows) {
        if (whose === owner.id && parseNote(note)?.kept !== true)
          await dropDatabase(session, String(name), true);
      }
    });
  return {
    options,
    server,
    owner,
    cloner,
    getAccess: async (database, more) => server.getAccess(database, more),
    tell,
    startDrop: (name) =>
      track(
        name,
        background.use((session) => dropDatabase(session, name, true)),
      ),
    startPool: (size) => {
      if (size === 0 || pool !== null) return;
      pool = createPool(cloner, size, open);
      track(
        'databases ahead of their use',
        pool.then((started) => started.fill()),
      );
    },
    sweep: () => runSweep(timeoutMs),
    stop: async ({ withServer = false, sweeps = false } = {}) => {
      await (await pool?.catch(() => null))?.stop();
      await Promise.all(going);
      await background.close();
      await dropOwn();
      if (sweeps) await runSweep(timeoutMs);
      const [row] = await owner.use((session) => session.query(getOtherOwnersSql(owner.id)));
      await owner.close();
      if (withServer) await server.stop(row?.['others'] === 0);
    },
  };
}
