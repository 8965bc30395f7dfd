import { chmod, cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { type CommandLine, createCommandLine, parseLines } from '../support/cli-process.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';

let server: RunServer;
let cli: CommandLine;
let folder: string;
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
  folder = join(server.dir, 'shop');
  await cp(SHOP, folder, { recursive: true });
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

const readData = (page: string): Report =>
  JSON.parse(/<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)![1]!);

test('writes one file that holds the history and names nothing to load', async () => {
  const path = join(server.dir, 'report.html');
  const { code, stdout, stderr } = await cli.run(['report', '-m', folder, '--html', path, '-t', 'orders']);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(`Wrote ${path} (`) });
  expect(stderr).toContain('Watched 123 statements');
  const page = await readFile(path, 'utf8');
  const { history, chosen, usage, changes } = readData(page);
  expect(history).toMatchObject({ format: 'goose', location: folder });
  expect([history.statements.length, history.tables.length]).toEqual([123, 19]);
  expect({ chosen, usage, changes }).toEqual({ chosen: ['public.orders'], usage: null, changes: null });
  expect(page.match(/\b(?:src|href)=/g)).toEqual(['href=']);
  expect(page).toContain('<link rel="icon" href="data:,">');
  expect(await readdir(server.dir)).not.toContainEqual(expect.stringMatching(/\.tmp$/));
});

test('writes to stdout, and tells a program where the file is', async () => {
  const { stdout } = await cli.run(['report', '-m', folder, '--html', '-']);
  expect(stdout).toMatch(/^<!doctype html>/);
  const path = join(server.dir, 'other.html');
  const told = await cli.run(['report', '-m', folder, '--html', path, '--json']);
  expect(parseLines(told.stdout).at(-1)).toEqual({
    format: 'plinth-events/1',
    type: 'reported',
    path,
    bytes: (await readFile(path)).length,
  });
});

test('reads from a ledger who uses what, and writes nothing there', async () => {
  const url = await server.createDatabase();
  const ask = ['-m', folder, '--url', url];
  await cli.run(['apply', ...ask, '-t', 'orders', '--service', 'checkout']);
  const before = await server.readPicture(url);
  const { stdout } = await cli.run(['report', ...ask, '--html', '-']);
  const { usage } = readData(stdout);
  expect(usage!.services).toMatchObject([{ name: 'checkout', tables: ['public.orders'] }]);
  expect(usage!.runs).toMatchObject([{ service: 'checkout', outcome: 'applied' }]);
  expect(await server.readPicture(url)).toEqual(before);
});

test('tells what was proven, and what changed since an earlier lock file', async () => {
  const own = await server.createFolder({ '1_notes.sql': renderGoose('CREATE TABLE notes (id int);') });
  const base = join(server.dir, 'base.lock.json');
  expect((await cli.run(['prove', '-m', own])).code).toBe(0);
  const proved = readData((await cli.run(['report', '-m', own, '--html', '-'])).stdout);
  expect(proved.history.tables).toMatchObject([
    { name: 'public.notes', proof: { standing: 'proven', why: '' } },
  ]);
  await rename(join(own, 'plinth.lock.json'), base);
  await writeFile(join(own, '2_gifts.sql'), renderGoose('CREATE TABLE gifts (id int);'));
  const { stdout } = await cli.run(['report', '-m', own, '--html', '-', '--against', base]);
  const { changes, history } = readData(stdout);
  expect(changes).toMatchObject({
    statements: 1,
    statementChanges: [{ change: 'added', now: 1, before: null }],
    tableChanges: [
      { name: 'public.gifts', change: 'added', before: null, now: 1, proof: { before: null, now: null } },
    ],
    differences: [{ object: 'table public.gifts', kind: 'missing', expected: null }],
  });
  expect(history.tables.map(({ proof }) => proof)).toEqual([null, null]);
}, 120_000);

describe('refuses with what to do', () => {
  const run = async (...argv: string[]) => {
    const { code, stdout, stderr } = await cli.run(['report', '-m', folder, ...argv]);
    expect(stdout).not.toContain('<!doctype');
    return `${code} ${stderr}`;
  };

  test('no file, a folder that is not there, and two things on stdout', async () => {
    expect(await run()).toMatch(/^2 [\s\S]*no file: give --html FILE, or --open/);
    expect(await run('--html', join(server.dir, 'no/such/report.html'))).toMatch(
      /^2 [\s\S]*FILE_UNWRITABLE[\s\S]*ENOENT/,
    );
    expect(await run('--html', '-', '--json')).toMatch(/^2 [\s\S]*the page goes to stdout/);
  });

  test('an earlier lock file that is none, and a table that there is not', async () => {
    expect(await run('--html', '-', '--against', join(server.dir, 'none.json'))).toMatch(
      /^2 [\s\S]*FILE_UNREADABLE/,
    );
    expect(await run('--html', '-', '--against', join(folder, '00018_orders.sql'))).toMatch(
      /^2 [\s\S]*LOCK_FILE_INVALID[\s\S]*not JSON/,
    );
    expect(await run('--html', '-', '-t', 'ordres')).toMatch(/^2 [\s\S]*TABLE_UNKNOWN[\s\S]*orders/);
  });
});

test.runIf(process.platform === 'linux')(
  'opens the page in the browser, after a proof, too',
  async () => {
    const bin = join(server.dir, 'bin');
    await mkdir(bin);
    const seen = join(server.dir, 'opened');
    await writeFile(join(bin, 'browser'), `#!/bin/sh\necho "$1" >> '${seen}'\n`);
    await chmod(join(bin, 'browser'), 0o755);
    const own = await server.createFolder({ '1_notes.sql': renderGoose('CREATE TABLE notes (id int);') });
    const env = { BROWSER: join(bin, 'browser'), DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' };
    const path = join(server.dir, 'report.html');
    const opened = (): Promise<string[]> =>
      readFile(seen, 'utf8').then(
        (text) => text.trim().split('\n'),
        () => [],
      );
    expect(
      (await cli.run(['report', '-m', folder, '--html', path, '--open'], { BROWSER: env.BROWSER })).code,
    ).toBe(0);
    await expect.poll(opened).toEqual([path]);
    const { code, stdout } = await cli.run(['prove', '-m', own, '--open'], env);
    expect(code).toBe(0);
    const written = /Wrote (\S+report\.html) /.exec(stdout)![1]!;
    await expect.poll(opened).toEqual([path, written]);
    const { history } = readData(await readFile(written, 'utf8'));
    expect(history.tables.map(({ proof }) => proof?.standing)).toEqual(history.tables.map(() => 'proven'));
  },
  120_000,
);
