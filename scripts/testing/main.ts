// npm run stress:testing [-- DATABASES [WORKERS]]: the databases of tests under all that can happen to them, on a server of its own.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded, stopEmbedded } from '../../src/embedded/server.js';
import { resolveConnection } from '../../src/postgres/connection.js';
import { openSession } from '../../src/postgres/session.js';
import { runStress } from './stress.js';

const [databases = 1000, workers = 8] = process.argv.slice(2).map(Number);
const dir = await mkdtemp(join(tmpdir(), 'plinth-stress-'));
await chmod(dir, 0o755);
const dataDir = join(dir, 'postgres');
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };
const start = async (): Promise<string> => (await startEmbedded({ dataDir, detached: true, settings })).url;

/** Two histories; the first statement of the first takes long enough to be killed in. */
async function createFolder(name: string, statements: string): Promise<string> {
  const folder = join(dir, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '001_all.sql'), `-- +goose Up\n${statements}\n`);
  return folder;
}

try {
  const url = await start();
  const CUSTOMERS = 'CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);';
  const slow = await createFolder('slow', `SELECT pg_sleep(1);\n${CUSTOMERS}`);
  const quick = await createFolder('quick', `${CUSTOMERS}\nCREATE TABLE orders (id bigint PRIMARY KEY);`);
  const options = { url, cacheDir: join(dir, 'cache'), verify: false };
  const began = performance.now();
  const outcome = await runStress({
    root: process.cwd(),
    projects: [
      { ...options, migrations: slow },
      { ...options, migrations: quick, tables: ['customers'] },
    ],
    workers,
    databases,
    readDatabases: async () => {
      const session = await openSession(await resolveConnection({ url, env: {} }), {
        applicationName: 'stress',
        connectTimeoutMs: 30_000,
      });
      const rows = await session.query(`select datname from pg_database where datname like 'plinth\\_%'`);
      await session.close();
      return rows.map(({ datname }) => String(datname));
    },
    restart: async () => {
      await stopEmbedded(dataDir);
      await start();
    },
  });
  const sorted = [...outcome.takenMs].sort((a, b) => a - b);
  const at = (part: number): string => `${sorted[Math.floor((sorted.length - 1) * part)]!.toFixed(1)} ms`;
  console.log(
    `${outcome.made} databases by ${workers} workers in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  console.log(`each within: median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)}`);
  console.log(`killed: ${outcome.killed.join(', ')}; left by the last: ${outcome.leftByKilled.length}`);
  console.log(`cut off by the restart: ${outcome.cut}; templates: ${outcome.templates.length}`);
  console.log(`left at the end: ${outcome.left.length === 0 ? 'none' : outcome.left.join(', ')}`);
  if (outcome.left.length > 0 || outcome.made < databases || outcome.names !== outcome.made)
    process.exitCode = 1;
} finally {
  await stopEmbedded(dataDir);
  await rm(dir, { recursive: true, force: true });
}
