import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, type PlinthError, plan } from '../../src/index.js';
import type { ConnectionConfig } from '../../src/postgres/config.js';
import { renderErrorText } from '../../src/report/error-text.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

let files: RunServer;
let migrations: string;
beforeAll(async () => {
  files = await startRunServer();
  migrations = await files.createFolder({ '1_a.sql': renderGoose('create table a (id int);') });
});
afterAll(() => files?.stop());

const getUrl = ({ user, password, port, database }: ConnectionConfig): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

async function getError(work: Promise<unknown>): Promise<PlinthError> {
  return (await work.then(
    () => null,
    (error: unknown) => error,
  )) as PlinthError;
}

describe('a standby', () => {
  let primary: TestServer;
  let standby: TestServer;
  let satisfied: ConnectionConfig;
  let empty: ConnectionConfig;
  beforeAll(async () => {
    primary = await startTestServer({ wal_level: 'replica', max_wal_senders: '4' });
    [satisfied, empty] = [await primary.createDatabase(), await primary.createDatabase()];
    await apply({ migrations, url: getUrl(satisfied) });
    // A copy of a server that was shut down is a base backup, too.
    standby = await startTestServer({ hot_standby: 'on' });
    await primary.control('stop', '-m', 'fast');
    await standby.control('stop', '-m', 'fast');
    const settings = join(standby.data, 'postgresql.auto.conf');
    await cp(settings, join(standby.root, 'kept.conf'));
    await rm(standby.data, { recursive: true });
    await cp(primary.data, standby.data, { recursive: true, preserveTimestamps: true });
    await cp(join(standby.root, 'kept.conf'), settings);
    await writeFile(join(standby.data, 'standby.signal'), '');
    await standby.own();
    await primary.control('start');
    await standby.control('start');
  });
  afterAll(async () => {
    await standby?.stop();
    await primary?.stop();
  });
  const through = (database: ConnectionConfig): string =>
    getUrl({ ...standby.config, password: database.password, database: database.database });

  test('is told at once, before the history is watched', async () => {
    const events: string[] = [];
    const error = await getError(
      apply(
        { migrations, url: through(empty), tables: ['a'], cacheDir: false },
        { onEvent: ({ type }) => void events.push(type) },
      ),
    );
    expect(error).toMatchObject({
      code: 'READ_ONLY',
      args: { standby: true },
      name: 'PostgresNotReadyError',
    });
    expect(renderErrorText(error)).toContain('Connect to the primary.');
    expect(events).not.toContain('observing');
  });

  test('serves for what only reads: a plan, and a run that has nothing to do', async () => {
    expect(await apply({ migrations, url: through(satisfied) })).toMatchObject({ outcome: 'nothing-to-do' });
    expect((await plan({ migrations, url: through(empty) })).migrations).toHaveLength(1);
    expect((await plan({ migrations, url: through(satisfied) })).migrations).toEqual([]);
  });
});

describe('a database whose transactions are read-only', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server?.stop());

  const query = async (sql: string, database: ConnectionConfig = server.config): Promise<void> => {
    const session = await server.open(database);
    for (const statement of sql.split('; ')) await session.execute(statement);
    await session.close();
  };
  const setOff = 'default_transaction_read_only = on';

  test.each([
    ['by its own setting', (name: string) => `alter database ${name} set ${setOff}`],
    ['by the role’s setting', () => `alter role postgres set ${setOff}`],
    [
      'by the role’s setting there',
      (name: string) => `alter role postgres in database ${name} set ${setOff}`,
    ],
    ['by the server’s setting', () => `alter system set ${setOff}; select pg_reload_conf()`],
  ])('%s is told with what turns it off, which does', async (_, render) => {
    const config = await server.createDatabase();
    await query(render(config.database));
    // The server reads its settings anew in its own time.
    const watcher = await server.open(config);
    while (
      (await watcher.query('show default_transaction_read_only'))[0]!['default_transaction_read_only'] !==
      'on'
    ) {
      await new Promise((done) => setTimeout(done, 10));
    }
    await watcher.close();
    const error = await getError(apply({ migrations, url: getUrl(config), tables: ['a'], cacheDir: false }));
    expect(error).toMatchObject({ code: 'READ_ONLY', args: { standby: false } });
    const { remedy } = error.args as { remedy: string };
    expect(error.hint).toContain(remedy);
    await query(remedy, config);
    await expect
      .poll(() => apply({ migrations, url: getUrl(config) }), { timeout: 30_000 })
      .toMatchObject({ outcome: 'applied' });
  });

  test('from here has no remedy on the server', async () => {
    const config = await server.createDatabase();
    const error = await getError(
      apply({ migrations, url: `${getUrl(config)}?options=-cdefault_transaction_read_only%3Don` }),
    );
    expect(error).toMatchObject({ code: 'READ_ONLY', args: { standby: false, remedy: null } });
  });

  test('from the middle of a migration on is told, too', async () => {
    const config = await server.createDatabase();
    const folder = await files.createFolder({
      '1_a.sql': renderGoose('set transaction read only;', 'create table a (id int);'),
    });
    const error = await getError(apply({ migrations: folder, url: getUrl(config) }));
    expect(error).toMatchObject({ code: 'MIGRATION_FAILED', args: { sqlstate: '25006' } });
    expect(error.hint).toContain('Connect to the primary');
  });
});
