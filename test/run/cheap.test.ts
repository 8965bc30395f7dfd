import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plan } from '../../src/index.js';
import { type CommandLine, createCommandLine } from '../support/cli-process.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';

let server: RunServer;
let cli: CommandLine;
let listed: string;
let hook: string;
beforeAll(async () => {
  server = await startRunServer({ log_statement: 'all', log_connections: 'on', log_line_prefix: '%a|' });
  cli = await createCommandLine(server.cacheDir);
  // Writes down every module that the process resolves.
  listed = join(server.dir, 'modules');
  hook = join(server.dir, 'hook.mjs');
  await writeFile(
    hook,
    `import { appendFileSync } from 'node:fs';
import { register } from 'node:module';
export async function resolve(name, context, next) {
  appendFileSync(${JSON.stringify(listed)}, name + '\\n');
  return next(name, context);
}
if (!process.env.HOOKED) { process.env.HOOKED = '1'; register(import.meta.url); }
`,
  );
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

/** Runs a command; returns what it wrote, the statements that the server got, and whether it loaded the parser. */
async function watch(argv: readonly string[]) {
  await writeFile(listed, '');
  const from = (await readFile(server.log, 'utf8')).length;
  const ended = await cli.run(argv, { NODE_OPTIONS: `--import=${hook}` });
  const statements = (await readFile(server.log, 'utf8'))
    .slice(from)
    .split('\n')
    .filter((line) => /^plinth\/.*\|LOG: {2}(statement|execute)/.test(line));
  // Without the folder of this clone, whose name may be any.
  const modules = (await readFile(listed, 'utf8')).replaceAll(pathToFileURL('.').href, '').split('\n');
  expect(modules).toContain('pg');
  return { ...ended, statements, parses: modules.some((name) => name.includes('libpg-query')), modules };
}

const TABLES = ['--tables', 'stock,billing.*'];

test.each([[[]], [TABLES]])(
  'an apply that finds nothing to do is one query and no parser (%j)',
  async (argv) => {
    const url = await server.createDatabase();
    const first = await watch(['apply', '-m', SHOP, '--url', url, ...argv]);
    expect(first).toMatchObject({ code: 0, parses: true });
    expect(first.statements.length).toBeGreaterThan(30);
    const second = await watch(['apply', '-m', SHOP, '--url', url, ...argv]);
    expect(second).toMatchObject({ code: 0, parses: false });
    expect(second.stdout).toMatch(/^Nothing to do: /);
    expect(second.statements).toHaveLength(1);
    expect(second.modules.filter((name) => /embedded|observe|apply-missing|planning/.test(name))).toEqual([]);
    const other = await watch(['apply', '-m', SHOP, '--url', url, ...argv, '--service', 'other', '--json']);
    expect(other).toMatchObject({ code: 0, parses: false });
    expect(other.statements).toHaveLength(1);
  },
);

test('planning and applying from a kept observation need no parser', async () => {
  const url = await server.createDatabase();
  await plan({ migrations: SHOP, tables: ['wishes'], cacheDir: server.cacheDir });
  const against = await watch(['plan', '-m', SHOP, '--url', url, '--tables', 'wishes']);
  expect(against).toMatchObject({ code: 0, parses: false, stderr: '' });
  expect((await watch(['apply', '-m', SHOP, '--url', url, '--tables', 'wishes'])).parses).toBe(false);
});

test('a whole history whose statements are kept is applied and verified without the parser', async () => {
  const url = await server.createDatabase();
  await plan({ migrations: SHOP, tables: ['wishes'], cacheDir: server.cacheDir });
  const whole = await watch(['apply', '-m', SHOP, '--url', url]);
  expect(whole).toMatchObject({ code: 0, parses: false });
  expect(whole.stdout).toContain('Verified: ');
});

test('a whole history is parsed once, for all databases that come', async () => {
  const migrations = await server.createFolder({
    '1_once.sql': renderGoose('create table once (id int);', 'create index on once (id);'),
  });
  const urls = [await server.createDatabase(), await server.createDatabase(), await server.createDatabase()];
  const argv = ['apply', '-m', migrations, '--url'];
  expect(await watch([...argv, urls[0]!])).toMatchObject({ code: 0, parses: true });
  const again = await watch([...argv, urls[1]!]);
  expect(again).toMatchObject({ code: 0, parses: false });
  expect(again.stdout).toContain('Applied 2 statements');
  expect(await watch([...argv, urls[2]!, '--no-cache'])).toMatchObject({ code: 0, parses: true });
  const [first, second, third] = await Promise.all(urls.map((url) => server.readPicture(url)));
  expect(second).toEqual(first);
  expect(third).toEqual(first);
});

test('applying with a lock file that fits loads neither the parser nor what a scratch server takes', async () => {
  const folder = await server.createFolder({
    '1_wishes.sql': renderGoose('create table wishes (id int);', 'create table other (id int);'),
  });
  expect((await cli.run(['prove', '-m', folder, '--scratch', server.getUrl()])).code).toBe(0);
  const url = await server.createDatabase();
  const argv = ['-m', folder, '--url', url, '--tables', 'wishes', '--no-cache'];
  for (const command of ['plan', 'apply', 'verify']) {
    const ended = await watch([command, ...argv]);
    expect(ended).toMatchObject({ code: 0, parses: false });
    expect(ended.modules.filter((name) => /embedded|watching|observe-/.test(name))).toEqual([]);
  }
});

test('a request for fewer tables than are there changes nothing', async () => {
  const url = await server.createDatabase();
  await watch(['apply', '-m', SHOP, '--url', url]);
  const before = await server.readPicture(url);
  const fewer = await watch(['apply', '-m', SHOP, '--url', url, '--tables', 'orders']);
  expect(fewer.code).toBe(0);
  expect(fewer.statements.join('\n')).not.toMatch(/\|LOG: {2}statement: .*(create (?!temp)|alter|drop) /i);
  expect(await server.readPicture(url)).toEqual(before);
});
