import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply } from '../../src/index.js';
import { findMigrate, type Migrate } from '../support/peers.js';
import { type RunServer, startRunServer } from '../support/run-database.js';
import { getFreePort } from '../support/server.js';

const migrate = findMigrate('flyway') as Migrate;
let server: RunServer;
let port: number;
beforeAll(async () => {
  port = await getFreePort();
  server = await startRunServer({}, port);
});
afterAll(() => server?.stop());

const getView = (n: number): string => `CREATE OR REPLACE VIEW v AS\r\nSELECT id, ${n} AS n FROM t;\r\n`;
const FILES = {
  'V1__t.sql': '\uFEFFCREATE TABLE t (id int);\r\n-- Zürich 🛒\r\n',
  'later/V1_02_3__second__part.sql': 'ALTER TABLE t ADD COLUMN a int;',
  'V010.sql': 'ALTER TABLE t ADD COLUMN b int;',
  'R__b_view.sql': getView(1),
  'R__a_comment.sql': "COMMENT ON TABLE t IS 'one';\n",
};

async function createScene(files: Readonly<Record<string, string>>) {
  const local = await server.createDatabase();
  const url = `postgresql://postgres@127.0.0.1:${port}${new URL(local).pathname}`;
  const options = { url: local, cacheDir: server.cacheDir, timeout: '5m' };
  return {
    folder: await server.createFolder(files),
    flyway: (folder: string) => migrate(url, folder),
    plinth: (migrations: string) =>
      apply({ ...options, migrations, trustLedger: 'flyway', writeLedger: 'flyway' }),
    readRows: () =>
      server.query(
        local,
        'select installed_rank, version, description, type, script, checksum, success from flyway_schema_history order by 1',
      ),
  };
}

describe.skipIf(migrate === null)('Flyway itself', () => {
  test('writes the same of subfolders, odd versions, byte order marks and repeatable migrations', async () => {
    const [ours, theirs] = [await createScene(FILES), await createScene(FILES)];
    await ours.plinth(ours.folder);
    await theirs.flyway(theirs.folder);
    expect(await ours.readRows()).toEqual(await theirs.readRows());
    expect(await ours.flyway(ours.folder)).toContain('migrations: 0');
    expect(await theirs.plinth(theirs.folder)).toMatchObject({ outcome: 'nothing-to-do', already: 5 });
  });

  test('takes turns with Plinth at a repeatable migration that changes', async () => {
    const scene = await createScene(FILES);
    await scene.flyway(scene.folder);
    const second = await server.createFolder({ ...FILES, 'R__b_view.sql': getView(2) });
    const result = await scene.plinth(second);
    expect(result.steps.map(({ migration }) => migration)).toEqual(['R__b_view.sql']);
    expect(await scene.flyway(second)).toContain('migrations: 0');
    const third = await server.createFolder({ ...FILES, 'R__b_view.sql': getView(3) });
    expect(await scene.flyway(third)).toContain('migrations: 1');
    // What ran with Plinth's own knowledge reads otherwise now: it runs again, which does no harm.
    expect(await scene.plinth(third)).toMatchObject({ outcome: 'applied' });
    expect(await scene.flyway(third)).toContain('migrations: 0');
  });
});
