import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prove, type RunEvent } from '../../src/index.js';
import { createBundle } from '../cli/helpers/bundle.js';
import { type CommandLine, createCommandLine, finish, waitForLines } from '../support/cli-process.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { mountSmallDisk } from '../support/small-disk.js';

let server: RunServer;
let cli: CommandLine;
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

const TABLES = Array.from({ length: 6 }, (_, at) => `create table t${at} (id int);`);
const createFolderWith = (statements: readonly string[]): Promise<string> =>
  server.createFolder({ '1_a.sql': renderGoose(...statements) });
const createFolder = (): Promise<string> =>
  createFolderWith([...TABLES, 'grant select on t0 to scratch_reader;']);
const getScratchUrl = ({ config: { host, port } }: TestServer): string =>
  `postgresql://postgres:secret-of-the-test@${host}:${port}/postgres?sslmode=disable`;

const OURS = `select datname as name from pg_database where datname like 'plinth_scratch%'
  union all select rolname from pg_roles where rolname = 'scratch_reader'`;

test('a scratch server that dies in the middle is one clear error, and the file of before stays', async () => {
  const folder = await createFolder();
  const lock = join(folder, 'plinth.lock.json');
  await writeFile(lock, 'as it was');
  const other: TestServer = await startTestServer();
  const scratch = getScratchUrl(other);
  let stopping: Promise<unknown> | null = null;
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'proving') stopping ??= other.control('stop', '-m', 'immediate');
  };
  const failed = prove({ migrations: folder, scratch, cacheDir: false }, { onEvent });
  await expect(failed).rejects.toMatchObject({ code: 'SCRATCH_UNAVAILABLE' });
  await stopping;
  await other.stop();
  expect(await readFile(lock, 'utf8')).toBe('as it was');
  expect(await readdir(folder)).toEqual(['1_a.sql', 'plinth.lock.json']);
});

const BIG = "create table big as select repeat('x', 1000) as t from generate_series(1, 30000);";

// Each of the two templates and each database with little in it takes 8 MB.
test.for([
  { phase: 'the history is watched', statements: [BIG], megabytes: 36 },
  { phase: 'slices are tried', statements: TABLES, megabytes: 28 },
])(
  'a scratch server whose disk fills up while $phase is one clear error, and the file of before stays',
  async ({ phase, statements, megabytes }, { skip }) => {
    const disk = mountSmallDisk(megabytes);
    if (disk === null) return skip('only root may mount a small disk');
    const folder = await createFolderWith(statements);
    const lock = join(folder, 'plinth.lock.json');
    await writeFile(lock, 'as it was');
    const other = await startTestServer();
    const admin = await other.open();
    await admin.execute(`create tablespace small location '${disk.dir}'`);
    await admin.execute('alter database template0 set tablespace small');
    await admin.execute('alter database template1 set tablespace small');
    const phases: string[] = [];
    const failed = prove(
      { migrations: folder, scratch: getScratchUrl(other), cacheDir: false },
      { onEvent: ({ type }) => void phases.push(type) },
    );
    await expect(failed).rejects.toMatchObject({
      code: 'SCRATCH_UNAVAILABLE',
      args: { reason: expect.stringContaining('SQLSTATE 53100') },
    });
    expect(phases.includes('proving')).toBe(phase === 'slices are tried');
    expect(await readFile(lock, 'utf8')).toBe('as it was');
    expect(await readdir(folder)).toEqual(['1_a.sql', 'plinth.lock.json']);
    expect((await admin.execute(OURS)).flatMap(({ rows }) => rows)).toEqual([]);
    await admin.close();
    await other.stop();
    disk.remove();
  },
);

test('a disk that fills up while the file is written is one clear error, and no half of it is left', async () => {
  const folder = await createFolder();
  const lock = join(folder, 'plinth.lock.json');
  await writeFile(lock, 'as it was');
  const bundle = await createBundle({ cli: 'src/cli/main.ts' });
  // No file of more than 1 KB, which the system refuses in the middle, as it does where no room is left.
  const command = 'ulimit -f 1; exec "$0" "$@"';
  const argv = [
    join(bundle.dir, 'cli.js'),
    'prove',
    '-m',
    folder,
    '--scratch',
    server.getUrl(),
    '--no-cache',
  ];
  const child = spawn('bash', ['-c', command, process.execPath, ...argv], {
    env: { PATH: process.env['PATH'], HOME: server.cacheDir },
  });
  const ended = await finish(child);
  await bundle.remove();
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toContain(`error[FILE_UNWRITABLE]: cannot write ${lock}`);
  expect(await readFile(lock, 'utf8')).toBe('as it was');
  expect(await readdir(folder)).toEqual(['1_a.sql', 'plinth.lock.json']);
});

test('what a killed run left on a scratch server is swept by the next one; another that goes on keeps its own', async () => {
  const folder = await createFolder();
  const argv = ['prove', '-m', folder, '--scratch', server.getUrl(), '--no-cache', '--json'];
  const killed = cli.start(argv);
  await waitForLines(killed, 'proving');
  killed.kill('SIGKILL');
  await finish(killed);
  // The server ends what was running first.
  const sessions = "select from pg_stat_activity where application_name like 'plinth/scratch/%'";
  while ((await server.query(server.getUrl(), sessions)).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await server.query(server.getUrl(), OURS)).length).toBeGreaterThan(1);
  const one = cli.start(argv);
  const ended = finish(one);
  await waitForLines(one, 'proving');
  // It sweeps, too, while the first one works.
  const two = await cli.run(argv);
  expect(two.code).toBe(0);
  const { code, stdout } = await ended;
  expect(code, stdout).toBe(0);
  expect(await server.query(server.getUrl(), OURS)).toEqual([]);
});
