import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyPlan } from '../../src/apply/apply.js';
import type { ConnectionConfig } from '../../src/postgres/config.js';
import { waitFor } from '../../src/postgres/delay.js';
import { withLock } from '../../src/postgres/lock.js';
import { createContext } from '../support/plans.js';
import { startTestServer, type TestServer, waitForSleep } from '../support/server.js';
import { createKillHistory } from './kill-history.js';
import { query } from './support.js';

let server: TestServer;
let folder: string;
let child: string;
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'plinth-kill-'));
  child = join(folder, 'child.mjs');
  await symlink(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
  const entryPoints = [join(import.meta.dirname, 'kill-child.ts')];
  await build({
    entryPoints,
    outfile: child,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const FINGERPRINT = `select
  (select string_agg(c.relname || ':' || coalesce(i.indisvalid::text, ''), ',' order by c.relname) from pg_class c
    left join pg_index i on i.indexrelid = c.oid where c.relnamespace = 'public'::regnamespace) as relations,
  (select string_agg(attrelid::regclass || '.' || attname, ',' order by attrelid::regclass::text, attnum)
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and attnum > 0) as columns,
  (select string_agg(migration || '#' || index || state, ',' order by migration, index) from plinth.statements) as ledger,
  (select count(*)::int from t29) as rows`;

async function killAfter(config: ConnectionConfig, wait: () => Promise<void>, what = ''): Promise<void> {
  const fields = JSON.stringify({ ...config, password: config.password });
  const process = spawn(globalThis.process.execPath, [child, fields, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(process.stdout, 'data');
  await wait();
  process.kill('SIGKILL');
  if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
}

test('killed at twenty random moments: the ledger is true, the lock soon free, the end the same', async () => {
  const whole = await server.createDatabase();
  await applyPlan(createContext(whole, createKillHistory()).context);
  const [expected] = await query(server, whole, FINGERPRINT);
  const [{ ms } = { ms: 0 }] = (await query(
    server,
    whole,
    'select extract(epoch from ended_at - started_at) * 1000 as ms from plinth.runs',
  )) as { ms: number }[];

  const config = await server.createDatabase();
  let partly = 0;
  for (let kill = 0; kill < 20; kill += 1) {
    const target = kill % 4 === 3 ? await server.createDatabase() : config;
    const after = Math.random() * (Number(ms) + 100) * (target === config ? 0.15 : 1);
    await killAfter(target, () => waitFor(after));
    const session = await server.open(target);
    const begun = performance.now();
    await withLock(session, { schema: 'plinth', timeoutMs: 60_000 }, async () => {
      expect(performance.now() - begun).toBeLessThan(10_000);
      const [row] = await session.query("select to_regclass('plinth.statements') is not null as there");
      if (row!['there'] !== true) return;
      // What the ledger calls applied is there, and what is there the ledger knows of.
      const sql = `select array(select 't' || split_part(migration, '.', 1) from plinth.statements
          where index = 0 and state = 'applied' order by 1) as ledger,
        array(select relname::text from pg_class where relkind = 'r'
          and relnamespace = 'public'::regnamespace order by 1) as tables`;
      const [seen] = await session.query(sql);
      expect(seen!['tables']).toEqual(seen!['ledger']);
      const count = (seen!['ledger'] as string[]).length;
      if (count > 0 && count < 30) partly += 1;
    });
    await session.close();
    if (target === config) continue;
    await applyPlan(createContext(target, createKillHistory()).context);
    expect(await query(server, target, FINGERPRINT)).toEqual([expected]);
  }
  await applyPlan(createContext(config, createKillHistory()).context);
  expect(await query(server, config, FINGERPRINT)).toEqual([expected]);
  expect(partly).toBeGreaterThan(0);
}, 120_000);

test('killed while the server is busy with its statement: the lock is soon free', async () => {
  const config = await server.createDatabase();
  await killAfter(config, () => waitForSleep(server), 'sleeping');
  const session = await server.open(config);
  const begun = performance.now();
  await withLock(session, { schema: 'plinth', timeoutMs: 60_000 }, () => Promise.resolve());
  const waited = performance.now() - begun;
  expect(waited).toBeLessThan(10_000);
  expect(
    await session.query("select to_regclass('s') as s, to_regclass('plinth.runs')::text as runs"),
  ).toEqual([{ s: null, runs: 'plinth.runs' }]);
  await session.close();
});
