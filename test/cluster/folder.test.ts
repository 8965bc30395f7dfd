import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getDifferences, type Picture, readPicture } from '../../scripts/histories/fingerprint.js';
import { applyMigrations, verifyMigrations } from '../../src/kubernaut/index.js';
import { createDirectoryFolder } from '../../src/sources/folder.js';
import { readHistory } from '../../src/sources/read-history.js';
import { type CommandLine, createCommandLine } from '../support/cli-process.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

// The project's own folder where PLINTH_HISTORIES has it, else one of the same shape.
const REAL = join(process.env['PLINTH_HISTORIES'] ?? '', 'kubernaut/migrations');
const FOLDER =
  process.env['PLINTH_HISTORIES'] !== undefined && existsSync(REAL)
    ? REAL
    : join(import.meta.dirname, '../fixtures/run/audit');

describe.skipIf(!hasCluster)('a folder with audit_events', () => {
  let namespace: TestNamespace;
  let cacheDir: string;
  let cli: CommandLine;
  let whole: Picture;
  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'plinth-folder-'));
    cli = await createCommandLine(cacheDir);
    namespace = await createNamespace();
    // The folder gives rights to slm_user where there is one: who owns all of it has them anyway.
    await deployPostgres(namespace);
    whole = await createWhole();
  }, 300_000);
  afterAll(async () => {
    await namespace?.remove();
    await cli?.remove();
    await rm(cacheDir, { recursive: true, force: true });
  });

  async function createDatabase(name: string): Promise<string> {
    const session = await openInCluster(namespace);
    await session.execute(`create database ${name}`);
    await session.close();
    return name;
  }

  /** The folder's statements as they stand there, file by file. */
  async function createWhole(): Promise<Picture> {
    const session = await openInCluster(namespace, { database: await createDatabase('whole') });
    const { migrations } = await readHistory(createDirectoryFolder(FOLDER));
    for (const { text, regions } of migrations) {
      const sql = regions.map(({ start, end }) => text.slice(start, end)).join('\n');
      await session.execute(`begin;${sql}\n;commit`);
    }
    return await closeWith(session, readPicture(session));
  }

  async function read(database: string): Promise<Picture> {
    const session = await openInCluster(namespace, { database });
    return await closeWith(session, readPicture(session));
  }

  async function closeWith<T>(session: { close(): Promise<void> }, reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } finally {
      await session.close();
    }
  }

  const run = (command: string, ...args: string[]) =>
    cli.run([
      command,
      ...['--kubeconfig', getCluster().kubeconfig, '--namespace', namespace.name, '--migrations', FOLDER],
      ...['--tables', 'audit_events', '--timeout', '3m'],
      ...args,
    ]);

  test('is applied for that table alone, which then equals that of the whole', async () => {
    const { code, stdout, stderr } = await run('apply');
    expect(stdout + stderr).toContain('Made: public.audit_events\n');
    expect(code).toBe(0);
    const part = await read('action_history');
    expect(getDifferences(part, whole, ['public.audit_events'])).toEqual([]);
    expect(part.facts.has('relation public.workflow_catalogue')).toBe(false);
    expect(part.facts.size).toBeLessThan(whole.facts.size);
    expect(await run('apply')).toMatchObject({ code: 0 });
    expect(await run('verify')).toMatchObject({ code: 0 });
  });

  test('is applied with the partitions of a time, and later with the others', async () => {
    const database = await createDatabase('windowed');
    const args = ['--database', database, '--partitions', '2026-11-15..2026-12-15'];
    expect(await run('apply', ...args)).toMatchObject({ code: 0 });
    const isPartition = (key: string): boolean => /^relation public\.audit_events_\d{4}/.test(key);
    const names = [...(await read(database)).facts.keys()].filter(isPartition).sort();
    expect(names).toEqual(['relation public.audit_events_2026_11', 'relation public.audit_events_2026_12']);
    expect(await run('verify', ...args)).toMatchObject({ code: 0 });
    expect(await run('verify', '--database', database)).toMatchObject({ code: 10 });
    expect(await run('apply', '--database', database)).toMatchObject({ code: 0 });
    expect(await run('verify', '--database', database)).toMatchObject({ code: 0 });
    expect(getDifferences(await read(database), whole, ['public.audit_events'])).toEqual([]);
  });

  test('has the partitions of this month and the next after applyMigrations, whatever it brings itself', async () => {
    const config = {
      kubeconfigPath: getCluster().kubeconfig,
      namespace: namespace.name,
      postgresDB: await createDatabase('seed'),
      tables: ['audit_events'],
      timeout: '3m',
      migrations: FOLDER,
      partitions: 'now..+1month',
    };
    expect(await applyMigrations(config)).toMatchObject({ outcome: 'applied' });
    const session = await openInCluster(namespace, { database: config.postgresDB });
    const missing = `select day from (values (current_date), (current_date + interval '1 month')) v (day)
      where not exists (select from pg_class where relispartition
        and pg_get_expr(relpartbound, oid) like to_char(day, '"FOR VALUES FROM (''"YYYY-MM"-01'')%"'))`;
    expect(await session.query(missing)).toEqual([]);
    await session.close();
    expect(await verifyMigrations(config)).toMatchObject({ ok: true });
    expect(await applyMigrations(config)).toMatchObject({ outcome: 'nothing-to-do' });
  });
});
