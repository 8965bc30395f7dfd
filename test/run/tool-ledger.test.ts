import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, dryRun, plan, readStatus } from '../../src/index.js';
import { LEDGER_TOOLS, type LedgerTool } from '../../src/model/tool-ledger.js';
import { getError } from '../apply/support.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';
import { createToolFiles, TOOL_SQL } from '../support/tool-folders.js';

let server: RunServer;
beforeAll(async () => {
  server = await startRunServer();
});
afterAll(() => server?.stop());

/** A database in which Plinth wrote a tool's table for the first migrations, and the folder with all of them. */
async function createScene(tool: LedgerTool, count: number) {
  const url = await server.createDatabase();
  const base = { url, cacheDir: server.cacheDir, format: tool, timeout: '5m' };
  const first = await server.createFolder(createToolFiles(tool, count));
  const folder = await server.createFolder(createToolFiles(tool, 3));
  if (count > 0) await apply({ ...base, migrations: first, writeLedger: tool, ledger: 'owner' });
  const options = { ...base, migrations: folder };
  return { url, options, query: (sql: string) => server.query(url, sql) };
}

const read = async (scene: Awaited<ReturnType<typeof createScene>>, schema = 'plinth') =>
  (await scene.query(`select migration, index, state from ${schema}.statements order by 1, 2`)).map(
    ({ migration, index, state }) => `${migration}[${index}] ${state}`,
  );

describe.each(LEDGER_TOOLS)('the table of %s', (tool) => {
  test('says what is applied, and gets what is run: two who take turns have nothing to do in the end', async () => {
    const scene = await createScene(tool, 2);
    const result = await apply({ ...scene.options, trustLedger: tool, writeLedger: tool });
    expect(result).toMatchObject({ outcome: 'applied', already: 4, created: ['public.invoices'] });
    expect(result.findings[0]).toMatchObject({
      code: 'TOOL_LEDGER_TRUSTED',
      args: { tool, migrations: 2, statements: 4, checked: 2 },
    });
    expect((await read(scene)).map((row) => row.split(' ')[1])).toEqual([
      ...['adopted', 'adopted', 'adopted', 'adopted', 'applied'],
    ]);
    const other = { ...scene.options, ledger: 'third', trustLedger: tool };
    expect((await plan(other)).migrations).toEqual([]);
    expect(await apply(other)).toMatchObject({ outcome: 'nothing-to-do', already: 5 });
    expect(await apply({ ...scene.options, trustLedger: tool, writeLedger: tool })).toMatchObject({
      outcome: 'nothing-to-do',
    });
  });
});

describe('a table that is trusted', () => {
  test('takes from a slice what the tool applied; only what was compared is recorded', async () => {
    const scene = await createScene('goose', 2);
    const options = { ...scene.options, trustLedger: 'goose', tables: ['invoices', 'customers'] };
    expect(await apply(options)).toMatchObject({ outcome: 'applied', created: ['public.invoices'] });
    expect(await read(scene)).toEqual(['1[0] adopted', '3[0] applied']);
    expect(await apply({ ...options, tables: ['orders'] })).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await read(scene)).toEqual([
      ...['1[0] adopted', '1[1] adopted', '2[0] adopted', '2[1] adopted', '3[0] applied'],
    ]);
  });

  test('is not believed where the catalogue differs: all differences, and nothing recorded', async () => {
    const scene = await createScene('goose', 2);
    await scene.query('alter table orders drop column state; alter table customers alter name drop not null');
    const options = { ...scene.options, trustLedger: 'goose', writeLedger: 'goose' };
    const error = await getError(apply(options));
    expect(error.code).toBe('TOOL_LEDGER_DIFFERS');
    expect(error.message).toContain('column state');
    expect(error.message).toMatch(/name.*NOT NULL/i);
    expect(await scene.query("select from pg_namespace where nspname = 'plinth'")).toEqual([]);
    expect(await scene.query('select version_id from goose_db_version')).toHaveLength(3);
    const { outcome, problems } = await dryRun(options);
    expect({ outcome, codes: problems.map(({ code }) => code) }).toEqual({
      outcome: 'blocked',
      codes: ['TOOL_LEDGER_DIFFERS'],
    });
    expect((await readStatus(options)).drift?.unknown).toContain('3 differences');
    // What a slice does not need is not its business.
    expect(await apply({ ...scene.options, trustLedger: 'goose', tables: ['invoices'] })).toMatchObject({
      outcome: 'applied',
    });
  });

  test('is missed by its name, in whichever schema it is', async () => {
    const scene = await createScene('dbmate', 0);
    const options = { ...scene.options, trustLedger: 'dbmate' };
    const error = await getError(apply(options));
    expect(error.code).toBe('TOOL_LEDGER_MISSING');
    expect(error.message).toContain('public.schema_migrations');
    await scene.query(
      `create schema app; create table app.schema_migrations (version varchar primary key);
      ${TOOL_SQL[0]}; insert into app.schema_migrations values ('20240102030401')`,
    );
    const again = await getError(plan(options));
    expect(again.hint).toContain('--trust-ledger dbmate=app.schema_migrations');
    for (const more of [{ trustLedger: 'dbmate=app.schema_migrations' }, { searchPath: 'public, app' }])
      expect((await plan({ ...options, ...more })).already).toBe(2);
    const golang = {
      ...options,
      migrations: await server.createFolder(createToolFiles('golang-migrate', 2)),
    };
    const other = await getError(
      plan({ ...golang, format: 'golang-migrate', trustLedger: 'golang-migrate=app.schema_migrations' }),
    );
    expect(other.code).toBe('TOOL_LEDGER_UNREADABLE');
    expect(other.message).toContain('dirty');
  });

  test('must be that of the tool whose folder it is', async () => {
    const scene = await createScene('goose', 1);
    const error = await getError(apply({ ...scene.options, trustLedger: 'flyway' }));
    expect(error.code).toBe('OPTIONS_INVALID');
    expect(error.message).toContain('this folder is one of goose');
  });

  test('tells at once what failed, what changed and what the folder lacks', async () => {
    const scene = await createScene('sqlx', 2);
    await scene.query(`update _sqlx_migrations set checksum = '\\x00' where version = 20240102030401;
      update _sqlx_migrations set success = false where version = 20240102030402;
      insert into _sqlx_migrations values (7, 'gone', now(), true, '\\x00', 0)`);
    const error = await getError(apply({ ...scene.options, trustLedger: 'sqlx' }));
    expect(error.code).toBe('TOOL_LEDGER_UNFIT');
    expect(error.args).toMatchObject({
      unfinished: ['20240102030402'],
      unknown: ['7'],
      changed: ['20240102030401_a_step.up.sql'],
    });
    await scene.query(
      'delete from _sqlx_migrations where version = 7; update _sqlx_migrations set success = true',
    );
    const { findings } = await apply({ ...scene.options, trustLedger: 'sqlx', allowChanged: true });
    expect(findings.map(({ code }) => code)).toContain('TOOL_FILE_CHANGED');
  });

  test('of golang-migrate is not believed below its mark: what was merged late never ran', async () => {
    const scene = await createScene('golang-migrate', 1);
    await scene.query('update schema_migrations set version = 3');
    const error = await getError(apply({ ...scene.options, trustLedger: 'golang-migrate' }));
    expect(error.code).toBe('TOOL_LEDGER_DIFFERS');
    await scene.query('update schema_migrations set dirty = true');
    const dirty = await getError(apply({ ...scene.options, trustLedger: 'golang-migrate' }));
    expect(dirty.message).toContain('3 (dirty)');
    expect(dirty.hint).toContain('migrate force');
  });

  test('of Flyway may have a repeatable migration as it was: it runs again', async () => {
    const url = await server.createDatabase();
    const view = (n: number): string => `CREATE OR REPLACE VIEW v AS SELECT id, ${n} AS n FROM customers;\n`;
    const files = createToolFiles('flyway', 1);
    const [old, now] = [1, 2].map((n) => server.createFolder({ ...files, 'R__view.sql': view(n) }));
    const options = { url, cacheDir: server.cacheDir, timeout: '5m', writeLedger: 'flyway' };
    await apply({ ...options, migrations: await old!, ledger: 'owner' });
    const result = await apply({ ...options, migrations: await now!, trustLedger: 'flyway' });
    expect(result.steps.map(({ migration, status }) => `${migration} ${status}`)).toEqual([
      'R__view.sql applied',
    ]);
    const rows = await server.query(
      url,
      'select installed_rank, script from flyway_schema_history order by 1',
    );
    expect(rows.map(({ script }) => script)).toEqual(['V001__a_step.sql', 'R__view.sql', 'R__view.sql']);
  });
});

describe('a table that is written', () => {
  test('is told of what was applied before, once it was compared', async () => {
    const scene = await createScene('goose', 0);
    await apply(scene.options);
    const options = { ...scene.options, writeLedger: 'goose' };
    const { findings } = await apply(options);
    expect(findings).toMatchObject([{ code: 'TOOL_LEDGER_WRITTEN', args: { migrations: 3, checked: 3 } }]);
    expect(await scene.query('select version_id from goose_db_version')).toHaveLength(4);
    await scene.query('delete from goose_db_version where version_id = 2; drop index orders_state');
    await scene.query('delete from plinth.selections');
    expect((await getError(apply(options))).code).toBe('TOOL_LEDGER_DIFFERS');
    expect(await scene.query('select from goose_db_version where version_id = 2')).toEqual([]);
  });

  test('has the rows of whole migrations only, when one fails', async () => {
    const url = await server.createDatabase();
    const sql = [TOOL_SQL[0], TOOL_SQL[1], 'CREATE TABLE broken (id nonsense);'];
    const migrations = await server.createFolder(createToolFiles('flyway', 3, sql));
    const options = { url, migrations, cacheDir: server.cacheDir, timeout: '5m', writeLedger: 'flyway' };
    expect((await getError(apply(options))).code).toBe('MIGRATION_FAILED');
    const rows = await server.query(url, 'select version from flyway_schema_history order by installed_rank');
    expect(rows).toEqual([{ version: '001' }, { version: '002' }]);
  });

  test('has those of migrations without a statement, in the order of the files', async () => {
    const url = await server.createDatabase();
    const sql = ['', TOOL_SQL[0], '', '', TOOL_SQL[1], ''];
    const migrations = await server.createFolder(createToolFiles('goose', 6, sql));
    await apply({ url, migrations, cacheDir: server.cacheDir, timeout: '5m', writeLedger: 'goose' });
    const rows = await server.query(url, 'select version_id::int as v from goose_db_version order by id');
    expect(rows.map(({ v }) => v)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('has the version of a step in code that SQL was recorded for', async () => {
    const url = await server.createDatabase();
    const files = {
      ...createToolFiles('goose', 1),
      '00002_rows.go': 'package m',
      '00003_step.sql': renderGoose(TOOL_SQL[2]),
    };
    const steps = await server.createFolder({ 'rows.sql': "insert into customers values (1, 'a');" });
    const options = {
      ...{ url, cacheDir: server.cacheDir, timeout: '5m', trustLedger: 'goose' },
      migrations: await server.createFolder(files),
      steps: { '00002_rows.go': `${steps}/rows.sql` },
    };
    await apply({ ...options, writeLedger: 'goose' });
    const rows = await server.query(url, 'select version_id::int as v from goose_db_version order by id');
    expect(rows.map(({ v }) => v)).toEqual([0, 1, 2, 3]);
    expect(await apply({ ...options, ledger: 'third' })).toMatchObject({
      outcome: 'nothing-to-do',
      already: 4,
    });
    // Without the SQL it is a step that the tool ran.
    const { codeSteps, migrations } = await plan({ ...options, steps: {}, ledger: 'fourth' });
    expect({ codeSteps, migrations }).toEqual({ codeSteps: [], migrations: [] });
  });

  test('by the tool meanwhile is not run again: it is to be trusted', async () => {
    const scene = await createScene('goose', 2);
    const error = await getError(apply({ ...scene.options, writeLedger: 'goose' }));
    expect(error.code).toBe('TOOL_LEDGER_AHEAD');
    expect(error.hint).toContain('--trust-ledger goose');
  });

  test('is for a whole history', async () => {
    const scene = await createScene('goose', 0);
    for (const more of [{ tables: ['orders'] }, { partitions: 'now..+1month' }]) {
      const error = await getError(apply({ ...scene.options, ...more, writeLedger: 'goose' }));
      expect(error.code).toBe('OPTIONS_INVALID');
      expect(error.message).toContain('cannot say that a migration ran in part');
    }
    const error = await getError(
      apply({ ...scene.options, trustLedger: 'goose', writeLedger: 'goose=app.versions' }),
    );
    expect(error.message).toContain('must name the same table');
  });

  test('is where the tool’s own settings have it, and needs the right to write there', async () => {
    const url = await server.createDatabase();
    const migrations = await server.createFolder({
      ...createToolFiles('flyway', 1),
      'flyway.conf': 'flyway.table=steps\nflyway.defaultSchema=app\n',
    });
    await server.query(url, 'create schema app');
    const options = { url, migrations, cacheDir: server.cacheDir, timeout: '5m', writeLedger: 'flyway' };
    await apply({ ...options, searchPath: 'app' });
    expect(await server.query(url, 'select script from app.steps')).toEqual([{ script: 'V001__a_step.sql' }]);
    await server.query(
      url,
      'create role reader login; grant usage on schema app to reader; grant select on app.steps to reader; grant create on database ' +
        `${new URL(url).pathname.slice(1)} to reader`,
    );
    const reader = url.replace('postgres@', 'reader@');
    const error = await getError(apply({ ...options, url: reader, ledger: 'other', searchPath: 'app' }));
    expect(error.code).toBe('PERMISSION_DENIED');
    expect(error.message).toContain('it lacks INSERT on app.steps');
  });

  test('may be another one than the default, and is made where it is missing', async () => {
    const scene = await createScene('node-pg-migrate', 0);
    await scene.query('create schema "My App"');
    const options = { ...scene.options, writeLedger: 'node-pg-migrate=My App.Steps' };
    await apply(options);
    expect(await scene.query('select name from "My App"."Steps"')).toHaveLength(3);
    expect(await apply(options)).toMatchObject({ outcome: 'nothing-to-do' });
  });
});
