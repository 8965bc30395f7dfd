import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Job } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensurePlinthImage } from '../../scripts/cluster/images.js';
import type { FleetReport } from '../../src/index.js';
import type { Session } from '../../src/postgres/session.js';
import { prove } from '../../src/run.js';
import {
  type CommandLine,
  createCommandLine,
  type Ended,
  finish,
  parseLines,
  waitForLines,
} from '../support/cli-process.js';
import {
  createNamespace,
  getCluster,
  hasCluster,
  loadClient,
  type TestNamespace,
} from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { readCosts } from './fleet-costs.js';
import { openInCluster } from './support.js';

const ROOT = join(import.meta.dirname, '../..');
// Of a machine where 500 take too long while something else is looked at.
const SIZE = Number(process.env['PLINTH_FLEET_SIZE'] ?? 500);
const SESSIONS = 4;
const takesImages = hasCluster && getCluster().provider !== 'given';

describe.skipIf(!takesImages)(`a fleet of ${SIZE} databases on one server`, () => {
  let namespace: TestNamespace;
  let server: Session;
  let folder: string;
  let cli: CommandLine;
  let base: readonly string[];
  const names = Array.from({ length: SIZE }, (_, i) => `tenant_${String(i).padStart(4, '0')}`);
  const shape = names[3]!;
  const closed = names[Math.floor(SIZE / 2)]!;
  const frozen = names[SIZE - 2]!;
  const good = names.filter((name) => ![shape, closed, frozen].includes(name));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-fleet-'));
    writeHistory(join(folder, 'db'));
    namespace = await createNamespace();
    const postgres = await deployPostgres(namespace, {
      args: ['-c', 'autovacuum=off', '-c', 'max_wal_size=8GB'],
    });
    const image = await ensurePlinthImage(ROOT);
    await prove({ migrations: join(folder, 'db'), cacheDir: join(folder, 'cache') });
    cli = await createCommandLine(join(folder, 'cache'));
    await postgres.waitUntilReady();
    server = await openInCluster(namespace);
    await server.query("create role app login password 'of the app'");
    await createDatabases();
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'app' } };
    await namespace.create({ ...secret, stringData: { password: 'of the app' } });
    base = [
      ...['fleet', '--json', '-m', join(folder, 'db'), '--namespace', namespace.name],
      ...['--kubeconfig', getCluster().kubeconfig, '--image', image],
      ...['--user', 'app', '--password-secret', 'app/password'],
    ];
  }, 600_000);
  afterAll(async () => {
    await server?.close();
    await namespace?.remove();
    await cli?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const createDatabases = async (): Promise<void> => {
    const left = [...names];
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => openInCluster(namespace)));
    const create = async (session: Session): Promise<void> => {
      for (let name = left.pop(); name !== undefined; name = left.pop())
        await session.query(`create database ${name} owner app strategy file_copy`);
      await session.close();
    };
    await Promise.all(sessions.map(create));
    await inDatabase(shape, 'create table orders (id text)');
    await server.query(`revoke connect on database ${closed} from public, app`);
    await server.query(`alter database ${frozen} set default_transaction_read_only = on`);
  };
  const inDatabase = async (database: string, sql: string): Promise<void> => {
    const session = await openInCluster(namespace, { database });
    await session.query(sql);
    await session.close();
  };
  /** The arguments for a list of databases, and whatever else is to be said. */
  const withList = (databases: readonly string[], ...more: readonly string[]): readonly string[] => {
    const list = join(folder, 'list.txt');
    writeFileSync(list, databases.map((name) => `postgres/${name}\n`).join(''));
    return [...base, '--targets', list, ...more];
  };
  const run = async (argv: readonly string[]) => readOutcome(await cli.run(argv));
  const readOutcome = ({ code, stderr, stdout }: Ended) => {
    const lines = parseLines(stdout);
    const last = lines.at(-1) as { type: string; report: FleetReport };
    expect(last.type, stderr + stdout).toBe('fleet');
    return { code, lines, report: last.report };
  };
  const getErrors = ({ targets }: FleetReport) =>
    Object.fromEntries(
      targets.flatMap(({ error, target }) =>
        error === null ? [] : [[target.split('/').at(-1), error.code]],
      ),
    );
  const readJob = async (name: string): Promise<V1Job> => {
    const { BatchV1Api } = await loadClient();
    return await namespace.config
      .makeApiClient(BatchV1Api)
      .readNamespacedJob({ namespace: namespace.name, name });
  };

  test('names those that are broken, and why, and brings all others to be as they should', async () => {
    const { code, lines, report } = await run(withList(names, '-t', 'orders', '--parallelism', '8'));
    expect(getErrors(report)).toEqual({
      [shape]: 'TABLE_EXISTS',
      [closed]: 'PERMISSION_DENIED',
      [frozen]: 'READ_ONLY',
    });
    const reason = report.targets.find(({ target }) => target.endsWith(shape))?.error?.message;
    expect(reason).toContain('column id is text, should be bigint');
    expect(report).toMatchObject({
      stopped: null,
      counts: { applied: SIZE - 3, already: 0, before: 0, failed: 3, left: 0 },
    });
    expect(code).toBe(12);
    const { pods } = lines.find(({ type }) => type === 'fleet-job') as { pods: number };
    expect(pods).toBeLessThanOrEqual(16);
    expect(JSON.stringify(lines)).not.toContain('of the app');
    if (process.env['PLINTH_FLEET_TIMES'] === '1') console.log(await readCosts(namespace, report));
    await inDatabase(names[0]!, 'select touched_at from orders');
    await inDatabase(names.at(-1)!, 'select touched_at from orders');
  }, 300_000);

  test('a rerun asks those that are left, and no others', async () => {
    await inDatabase(shape, 'drop table orders');
    const { code, report } = await run(withList(names, '-t', 'orders'));
    expect(report.counts).toEqual({ applied: 1, already: 0, before: SIZE - 3, failed: 2, left: 0 });
    expect(Object.keys(getErrors(report)).sort()).toEqual([closed, frozen].sort());
    expect(code).toBe(12);
  }, 300_000);

  test('a canary that fails keeps the rest from being begun; mended, it goes first again', async () => {
    const list = [frozen, ...good.slice(0, 19)];
    const first = await run(withList(list, '-t', 'articles', '--canary', '10%', '--parallelism', '2'));
    expect(first.code).toBe(12);
    expect(first.report).toMatchObject({
      stopped: 'canary',
      counts: { applied: 1, already: 0, before: 0, failed: 1, left: 18 },
    });
    await server.query(`alter database ${frozen} reset default_transaction_read_only`);
    const second = await run(withList(list, '-t', 'articles', '--canary', '10%', '--parallelism', '2'));
    expect(second.code).toBe(0);
    expect(second.report).toMatchObject({ stopped: null, counts: { before: 1, failed: 0, left: 0 } });
    expect(second.report.jobs).toHaveLength(2);
  }, 300_000);

  test('with one failure more than --max-failures the rest is left', async () => {
    await server.query(`revoke connect on database ${shape} from public, app`);
    const argv = withList([closed, shape, ...good.slice(0, 60)], '-t', 'orders', '--service', 'careful');
    const { code, report } = await run([
      ...argv,
      '--max-failures',
      '1',
      '--per-pod',
      '5',
      '--parallelism',
      '2',
    ]);
    expect(code).toBe(12);
    expect(report.stopped).toBe('max-failures');
    expect(report.counts.failed).toBe(2);
    expect(report.counts.left).toBeGreaterThanOrEqual(3);
    await server.query(`grant connect on database ${shape} to app`);
  }, 300_000);

  test('Ctrl-C suspends its Job, and the same command goes on', async () => {
    const argv = withList(good.slice(0, 60), '-t', 'orders', '--service', 'stopped', '--parallelism', '2');
    const child = cli.start([...argv, '--per-pod', '10']);
    const ended = finish(child);
    await waitForLines(child, 'fleet-target');
    child.kill('SIGINT');
    const { code, report } = readOutcome(await ended);
    expect([code, report.stopped]).toEqual([130, 'aborted']);
    expect(report.counts.left).toBeGreaterThan(0);
    expect((await readJob(report.jobs[0]!)).spec!.suspend).toBe(true);
    const done = report.counts.applied + report.counts.already;
    const second = await run(argv);
    expect(second.code).toBe(0);
    expect(second.report.counts).toMatchObject({ before: done, failed: 0, left: 0 });
  }, 300_000);

  test('a list may have patterns, and Secrets with URLs', async () => {
    const uri = `postgresql://app:of%20the%20app@postgres.${namespace.name}.svc/${good[20]}`;
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'by-url' }, stringData: { uri } };
    await namespace.create(secret);
    const list = join(folder, 'list.yaml');
    writeFileSync(
      list,
      'defaults: { service: postgres }\ntargets:\n- database: tenant_001*\n- secret:by-url\n',
    );
    const argv = [...base, '--targets', list, '-t', 'orders', '--service', 'listed', '--parallelism', '1'];
    const { code, report } = await run(argv);
    expect([code, report.counts.already]).toEqual([0, 11]);
    expect(report.targets.map(({ target }) => target)).toEqual([
      ...names.slice(10, 20).map((database) => `${namespace.name}/postgres/${database}`),
      `${namespace.name}/secret:by-url/uri`,
    ]);
  }, 300_000);

  test('a Job whose command was killed goes on, and is taken up', async () => {
    const argv = withList(good.slice(0, 40), '-t', 'orders', '--service', 'killed', '--parallelism', '2');
    const child = cli.start(argv);
    const ended = finish(child);
    await waitForLines(child, 'fleet-job');
    child.kill('SIGKILL');
    await ended;
    const { code, lines, report } = await run(argv);
    expect([code, report.counts.failed, report.counts.left]).toEqual([0, 0, 0]);
    expect(lines.filter(({ type }) => type === 'fleet-job').map(({ state }) => state)[0]).toBe('taken-up');
    expect(report.jobs).toHaveLength(1);
  }, 300_000);
});

function writeHistory(folder: string): void {
  mkdirSync(folder);
  writeFileSync(
    join(folder, '001_shop.sql'),
    `-- +goose Up
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE articles (id bigint PRIMARY KEY, title text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);
`,
  );
  writeFileSync(
    join(folder, '002_touch.sql'),
    `-- +goose Up
ALTER TABLE orders ADD COLUMN touched_at timestamptz;
CREATE INDEX orders_customer ON orders (customer_id);
`,
  );
}
