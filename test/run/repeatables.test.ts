import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getDifferences } from '../../scripts/histories/fingerprint.js';
import { apply, plan } from '../../src/index.js';
import { renderPlanText } from '../../src/report/plan-text.js';
import { type RunServer, startRunServer } from '../support/run-database.js';

let server: RunServer;
beforeAll(async () => {
  server = await startRunServer();
});
afterAll(() => server?.stop());

const FILES = {
  'V1__tables.sql': `CREATE TABLE t (id int PRIMARY KEY, n int);
CREATE TABLE u (id int PRIMARY KEY, n int);
CREATE TABLE notes (id int);`,
  'R__api.sql': `DROP SCHEMA IF EXISTS api CASCADE;
CREATE SCHEMA api;
CREATE FUNCTION api.of_t(t) RETURNS int LANGUAGE sql AS 'SELECT $1.n';
CREATE FUNCTION api.of_u(u) RETURNS int LANGUAGE sql AS 'SELECT $1.n';`,
  'R__checks.sql': `CREATE OR REPLACE FUNCTION check_n() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
DROP TRIGGER IF EXISTS check_t ON t;
CREATE TRIGGER check_t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION check_n();
DROP TRIGGER IF EXISTS check_u ON u;
CREATE TRIGGER check_u BEFORE INSERT ON u FOR EACH ROW EXECUTE FUNCTION check_n();`,
  'R__lookup.sql': `CREATE TABLE IF NOT EXISTS lookup (code text PRIMARY KEY);
TRUNCATE lookup;
INSERT INTO lookup VALUES ('a'), ('b');`,
};
type Files = Readonly<Record<string, string>>;

/** A database and a folder that changes between runs. */
async function createScene(files: Files = FILES) {
  const migrations = await server.createFolder(files);
  const url = await server.createDatabase();
  const options = { migrations, url, cacheDir: server.cacheDir, timeout: '5m' };
  const run = async (tables: readonly string[] = []) => {
    const result = await apply({ ...options, tables });
    return { ...result, ran: result.steps.map(({ migration, statement }) => `${migration}[${statement}]`) };
  };
  return {
    url,
    run,
    write: (name: string, text: string) => writeFile(join(migrations, name), text),
    getPlan: (tables: readonly string[] = []) => plan({ ...options, tables }),
    query: (sql: string) => server.query(url, sql),
    /** What a new database gets from the folder as it is. */
    expectLikeNew: async () => {
      const fresh = await server.createDatabase();
      await apply({ ...options, url: fresh });
      const [here, there] = [await server.readPicture(url), await server.readPicture(fresh)];
      expect(getDifferences(here, there, [])).toEqual([]);
      expect(getDifferences(there, here, [])).toEqual([]);
    },
  };
}

const CHECKS_NEW = FILES['R__checks.sql'].replace('RETURN NEW', 'NEW.n := 1; RETURN NEW');

describe('a repeatable migration that changed', () => {
  test('runs again as a whole, says so in the plan, and then no more', async () => {
    const scene = await createScene();
    await scene.run();
    await scene.write('R__checks.sql', CHECKS_NEW);
    const again = await scene.getPlan();
    expect(renderPlanText(again)).toContain('R__checks.sql  (changed since it ran, so it runs again)');
    expect((await scene.run()).ran).toEqual([0, 1, 2, 3, 4].map((at) => `R__checks.sql[${at}]`));
    expect((await scene.run()).outcome).toBe('nothing-to-do');
    const rows = await scene.query(
      `select count(*) as rows, count(distinct split_part(digest, '.', 2)) as contents from plinth.statements where migration = 'R__checks'`,
    );
    expect(rows).toEqual([{ rows: '5', contents: '1' }]);
    await scene.expectLikeNew();
  });

  test('runs again of a slice what the slice has, and of other slices what ran before', async () => {
    const scene = await createScene();
    await scene.run(['t']);
    await scene.write('R__checks.sql', CHECKS_NEW);
    expect((await scene.run(['t'])).ran).toEqual([0, 1, 2].map((at) => `R__checks.sql[${at}]`));
    expect((await scene.run(['u'])).ran).toEqual([
      'V1__tables.sql[1]',
      'R__checks.sql[3]',
      'R__checks.sql[4]',
    ]);
    await scene.write('R__checks.sql', `-- once more\n${CHECKS_NEW}`);
    expect((await scene.run(['t'])).ran).toEqual([0, 1, 2, 3, 4].map((at) => `R__checks.sql[${at}]`));
    expect((await scene.run(['u'])).outcome).toBe('nothing-to-do');
    await scene.run();
    await scene.expectLikeNew();
  });

  test('counts with its comments, and without its line ends, as Flyway has it', async () => {
    const scene = await createScene();
    await scene.run(['t']);
    await scene.write(
      'R__checks.sql',
      FILES['R__checks.sql'].replaceAll('\n', '\r\n').replaceAll(' BEGIN', '\n BEGIN'),
    );
    expect((await scene.run(['t'])).outcome).toBe('nothing-to-do');
    await scene.write('R__checks.sql', `${FILES['R__checks.sql']}\n-- v2`);
    expect((await scene.run(['t'])).outcome).toBe('applied');
  });

  test('takes statements out, puts others in, and leaves no row behind', async () => {
    const scene = await createScene();
    await scene.run();
    await scene.write(
      'R__checks.sql',
      `DROP TRIGGER IF EXISTS check_u ON u;\n${CHECKS_NEW.split('\n').slice(0, 3).join('\n')}\nCOMMENT ON TABLE u IS 'unchecked';`,
    );
    await scene.run();
    expect(
      await scene.query("select index from plinth.statements where migration = 'R__checks' order by 1"),
    ).toEqual([0, 1, 2, 3, 4].map((index) => ({ index })));
    await scene.write('R__checks.sql', 'DROP TRIGGER IF EXISTS check_t ON t;');
    await scene.run();
    expect(await scene.query("select index from plinth.statements where migration = 'R__checks'")).toEqual([
      { index: 0 },
    ]);
    expect(await scene.query('select tgname from pg_trigger')).toEqual([]);
  });

  test('may make a table that is there, and fills it anew', async () => {
    for (const tables of [['lookup'], []]) {
      const scene = await createScene();
      expect((await scene.run(tables)).created).toContain('public.lookup');
      await scene.write('R__lookup.sql', FILES['R__lookup.sql'].replace("('b')", "('c'), ('d')"));
      const second = await scene.run(tables);
      expect(second.created).toEqual([]);
      expect(await scene.query('select code from lookup order by 1')).toEqual(
        ['a', 'c', 'd'].map((code) => ({ code })),
      );
    }
  });

  test('may run outside of transactions', async () => {
    const index = 'DROP INDEX CONCURRENTLY IF EXISTS t_n;\nCREATE INDEX CONCURRENTLY t_n ON t (n);';
    const settings = { 'R__index.sql': index, 'R__index.sql.conf': 'executeInTransaction=false' };
    for (const tables of [['t'], []]) {
      const scene = await createScene({ ...FILES, ...settings });
      await scene.run(tables);
      await scene.query('insert into t select n, n from generate_series(1, 10) n');
      await scene.write('R__index.sql', `SET statement_timeout = '1h';\n${index.replace('(n)', '(n, id)')}`);
      expect((await scene.run(tables)).ran).toEqual([0, 1, 2].map((at) => `R__index.sql[${at}]`));
      expect(
        await scene.query(`select i.indisvalid, pg_get_indexdef(indexrelid) as sql, array(
          select index from plinth.statements where migration = 'R__index' order by 1) as rows
          from pg_index i where indexrelid = 't_n'::regclass`),
      ).toEqual([
        { indisvalid: true, sql: 'CREATE INDEX t_n ON public.t USING btree (n, id)', rows: [1, 2] },
      ]);
      expect((await scene.run(tables)).outcome).toBe('nothing-to-do');
    }
  });

  test('that drops a schema of many services builds up all of it that was there', async () => {
    const scene = await createScene({
      ...FILES,
      'R__use.sql': `ALTER TABLE t ADD COLUMN IF NOT EXISTS m int GENERATED ALWAYS AS (1) STORED;
CREATE OR REPLACE VIEW of_t AS SELECT api.of_t(t) FROM t;`,
    });
    await scene.run();
    const changed = FILES['R__api.sql'].replace(
      "of_u(u) RETURNS int LANGUAGE sql AS 'SELECT $1.n'",
      "of_u(u) RETURNS int LANGUAGE sql AS 'SELECT 2'",
    );
    await scene.write('R__api.sql', changed);
    await scene.run(['notes']);
    expect(
      await scene.query("select proname from pg_proc where pronamespace = 'api'::regnamespace order by 1"),
    ).toEqual([{ proname: 'of_t' }, { proname: 'of_u' }]);
  });
});

describe('a folder with repeatable migrations', () => {
  test('gets versions that are not out of order, and changes that are errors still', async () => {
    const scene = await createScene();
    await scene.run(['t']);
    await scene.write('V2__more.sql', 'ALTER TABLE t ADD COLUMN more int;');
    expect((await scene.run(['t'])).ran).toEqual(['V2__more.sql[0]']);
    await scene.write('V3__more.sql', 'CREATE TABLE late (id int);');
    expect((await scene.run()).ran).toContain('V3__more.sql[0]');
    await scene.write('V4__last.sql', 'CREATE TABLE later (id int);');
    expect((await scene.run()).ran).toEqual(['V4__last.sql[0]']);
    await scene.expectLikeNew();
    await scene.write('V3__more.sql', 'CREATE TABLE late (id bigint);');
    await expect(scene.run()).rejects.toMatchObject({ code: 'HISTORY_CHANGED' });
  });

  test('misses one that ran', async () => {
    const scene = await createScene();
    await scene.run();
    const { 'R__checks.sql': _, ...rest } = FILES;
    const left = await server.createFolder(rest);
    await expect(
      apply({ migrations: left, url: scene.url, cacheDir: server.cacheDir }),
    ).rejects.toMatchObject({ code: 'MIGRATION_DELETED', args: { migrations: ['R__checks.sql'] } });
  });

  test('runs the whole of it after slices of it', async () => {
    const scene = await createScene();
    await scene.run(['t']);
    await scene.run(['lookup']);
    await scene.run();
    await scene.expectLikeNew();
    expect((await scene.run()).outcome).toBe('nothing-to-do');
  });
});
