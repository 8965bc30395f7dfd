import { isPlinthError } from '../errors.js';
import type { ApplyOptions } from '../index.js';
import type { Finding } from '../model/finding.js';
import type { ResolvedTestingOptions } from '../options.js';
import { withLock } from '../postgres/lock.js';
import type { Session } from '../postgres/session.js';
import { getOtherOwnersSql } from '../postgres/test-databases.js';
import { renderFinding } from '../report/finding-words.js';
import type { Context } from '../run/prepared.js';
import { type Cloner, createCloner } from './clone.js';
import { createServer } from './create-server.js';
import { parseNote } from './note.js';
import { dropOwned, OWNED_DATABASES, OWNED_SCHEMAS } from './owned.js';
import { createOwner, type Owner } from './owner.js';
import { createPool, type Pool } from './pool.js';
import type { Access, TestServer } from './server.js';
import { createSingle, type Single } from './single.js';
import { hasLeftovers, type Swept, sweep } from './sweep.js';

/** What a process has on a server for its tests: shared by all that it makes there. */
export interface Base {
  readonly options: ResolvedTestingOptions;
  /** As they were given: what `apply` gets. */
  readonly given: ApplyOptions;
  readonly context: Context;
  readonly server: TestServer;
  readonly owner: Owner;
  readonly cloner: Cloner;
  getAccess(database: string, options?: string): Promise<Access>;
  tell(finding: Finding): void;
  /** Work on a session whose settings may change; others wait for it. */
  useBackground: Single['use'];
  /** Drops a database, or what else a test has for itself; nobody waits for it, but the end of the process. */
  startDrop(name: string): void;
  /** Keeps as many databases ready as the options say, from now on. */
  startPool(size: number): void;
  sweep(): Promise<Swept>;
  /** Drops what was not disposed of, waits for what goes on in the background, and leaves the server. */
  stop(options?: { readonly withServer?: boolean; readonly withSweep?: boolean }): Promise<void>;
}

/** Opens it; what dead processes have left is swept in the background, unless `sweeps` is false. */
export async function createBase(
  options: ResolvedTestingOptions,
  given: ApplyOptions,
  context: Context,
  { sweeps = true }: { readonly sweeps?: boolean } = {},
): Promise<Base> {
  const server = await createServer(options, context);
  const { service, timeout: timeoutMs, keepFor } = options;
  const within = { timeoutMs, signal: context.signal };
  const owner = await createOwner(server, {
    ...within,
    service,
    database: options.isolation === 'schema' ? server.ownDatabase : null,
  });
  const { applicationName } = owner;
  // Schemas are dropped where they are.
  const place = options.isolation === 'schema' ? server.ownDatabase : null;
  const open = (): Promise<Session> => server.open(place, { ...within, applicationName });
  const owned = options.isolation === 'schema' ? OWNED_SCHEMAS : OWNED_DATABASES;
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
      return await withLock(session, lock, () => sweep(session, owned, { keepFor }));
    } catch (error) {
      // Another process is at it.
      if (isPlinthError(error) && error.code === 'LOCK_TIMEOUT') return { databases: [], templates: [] };
      throw error;
    } finally {
      await session.close();
    }
  };
  if (sweeps && (await owner.use((session) => hasLeftovers(session, owned, { keepFor }))))
    track('what dead processes left', runSweep(0));

  const cloner = createCloner({ server, owner, options, given, context });
  const dropOwn = (): Promise<void> =>
    owner.use(async (session) => {
      const rows = await session.query(owned.read);
      for (const { name, note, owner: whose } of rows) {
        if (whose === owner.id && parseNote(note)?.kept !== true)
          await dropOwned(session, owned, String(name), true);
      }
    });
  return {
    options,
    given,
    context,
    server,
    owner,
    cloner,
    useBackground: background.use,
    getAccess: async (database, more) => server.getAccess(database, more),
    tell,
    startDrop: (name) =>
      track(
        name,
        background.use((session) => dropOwned(session, owned, name, true)),
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
    stop: async ({ withServer = false, withSweep = false } = {}) => {
      await (await pool?.catch(() => null))?.stop();
      await Promise.all(going);
      await background.close();
      await dropOwn();
      if (withSweep) await runSweep(timeoutMs);
      const [row] = await owner.use((session) => session.query(getOtherOwnersSql(process.pid)));
      await owner.close();
      if (withServer) await server.stop(row?.['others'] === 0);
    },
  };
}
