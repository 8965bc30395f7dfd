import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandLine, createCommandLine, type Ended } from '../support/cli-process.js';

let dir: string;
let cli: CommandLine;

const SETTINGS = {
  migrations: 'db',
  services: {
    checkout: { tables: ['orders'] },
    billing: { tables: ['invoices'] },
    reports: { tables: ['totals', 'type state'] },
  },
  targets: { local: { embedded: 'data' }, ci: { url: 'postgres://nobody@127.0.0.1:1/none' } },
};

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'plinth-cli-settings-')));
  cli = await createCommandLine(join(dir, 'cache'));
  await mkdir(join(dir, 'db'));
  await mkdir(join(dir, 'below/here'), { recursive: true });
  await writeFile(join(dir, 'db/1.sql'), 'CREATE TABLE customers (id int PRIMARY KEY);');
  await writeFile(join(dir, 'db/2.sql'), 'CREATE TABLE orders (customer int REFERENCES customers);');
  await writeFile(join(dir, 'db/3.sql'), 'CREATE TABLE invoices (id int);');
  const others = "CREATE VIEW totals AS SELECT count(*) FROM orders; CREATE TYPE state AS ENUM ('new');";
  await writeFile(join(dir, 'db/4.sql'), others);
  await writeFile(join(dir, 'plinth.json'), JSON.stringify(SETTINGS));
});
afterAll(async () => {
  await cli.remove();
  await rm(dir, { recursive: true, force: true });
});

const run = (argv: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  cli.run(argv.split(' ').filter(Boolean), env, join(dir, 'below/here'));

/** The tables that a plan is for, with the file in a folder above. */
async function readTables(argv: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { code, stdout, stderr } = await run(`plan ${argv} --json`, env);
  if (code !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { tables: unknown }).tables;
}

describe('plinth.json', () => {
  test('a service picks its tables; options and variables win, in that order', async () => {
    expect(await readTables('--service checkout')).toEqual(['public.orders']);
    expect(await readTables('--service checkout --tables customers')).toEqual(['public.customers']);
    const env = { PLINTH_SERVICE: 'billing' };
    expect(await readTables('', env)).toEqual(['public.invoices']);
    expect(await readTables('--service checkout', env)).toEqual(['public.orders']);
    expect(await readTables('', { ...env, PLINTH_TABLES: 'customers' })).toEqual(['public.customers']);
    expect(await readTables('')).toEqual([]);
    expect(await readTables('--service reports')).toEqual(['public.totals', 'type public.state']);
  });

  test('--config and PLINTH_CONFIG name another, the option first', async () => {
    await writeFile(join(dir, 'other.json'), JSON.stringify({ ...SETTINGS, services: {} }));
    const other = { PLINTH_CONFIG: '../../other.json' };
    const { code, stderr } = await run('plan --service checkout', other);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no service checkout (it has none)'),
    });
    expect(await readTables('--service checkout --config ../../plinth.json', other)).toEqual([
      'public.orders',
    ]);
  });

  test.each([
    ['plan --service chekout', 'did you mean checkout?'],
    ['plan --target locl', 'did you mean local?'],
    ['plan --targt local', 'did you mean --target?'],
    ['plan --config', '--config'],
    ['plan --target local --url postgres://h', 'one target only'],
    ['plan --target local --service chekout', 'did you mean checkout?'],
  ])('%s is refused with advice', async (argv, words) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  test('a target of the file wins over DATABASE_URL, a target of the command line over PLINTH_TARGET', async () => {
    const elsewhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:2/none' };
    const { code, stderr } = await run('plan --target ci --timeout 1s', elsewhere);
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining('127.0.0.1:1') });
    const other = await run('plan --url postgres://nobody@127.0.0.1:3/none --timeout 1s', {
      PLINTH_TARGET: 'ci',
    });
    expect(other.stderr).toContain('127.0.0.1:3');
    expect((await run('plan --timeout 1s', { PLINTH_TARGET: 'ci' })).stderr).toContain('127.0.0.1:1');
  });

  test('a file that is not right ends every command that reads it, with --json too', async () => {
    await writeFile(join(dir, 'bad.json'), '{"migrations": "db", "targets": {"x": {}}, "tabels": 1}');
    for (const command of ['plan', 'apply', 'prove', 'tables']) {
      const { code, stdout, stderr } = await run(`${command} --config ../../bad.json --json`);
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'SETTINGS_INVALID' });
      expect(stderr).toContain('2 settings are not right');
    }
    expect((await run('cache --json')).code).toBe(0);
  });
});

describe('init', () => {
  test('says what it found and wrote, once', async () => {
    await mkdir(join(dir, 'project/sql'), { recursive: true });
    await writeFile(join(dir, 'project/sql/1.sql'), 'CREATE TABLE t ();');
    const cwd = join(dir, 'project');
    expect(await cli.run(['init'], {}, cwd)).toEqual({
      code: 0,
      stdout: 'Found 1 migration of plain SQL in sql.\nWrote plinth.json.\n',
      stderr: '',
    });
    const again = await cli.run(['init'], {}, cwd);
    expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--force') });
    const { code, stdout } = await cli.run(['init', '--json'], { PLINTH_FORCE: '1' }, cwd);
    expect({ code, ...(JSON.parse(stdout) as object) }).toEqual({
      code: 0,
      format: 'plinth-init/1',
      path: 'plinth.json',
      migrations: 'sql',
      tool: 'plain',
      count: 1,
      missing: [],
    });
  });
});
