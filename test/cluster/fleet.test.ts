import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensurePlinthImage } from '../../scripts/cluster/images.js';
import type { FleetReport } from '../../src/index.js';
import type { Session } from '../../src/postgres/session.js';
import { prove } from '../../src/run.js';
import { type CommandLine, createCommandLine, parseLines } from '../support/cli-process.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

const ROOT = join(import.meta.dirname, '../..');
const SIZE = Number(process.env['PLINTH_FLEET_SIZE'] ?? 5);
const takesImages = hasCluster && getCluster().provider !== 'given';

describe.skipIf(!takesImages)('a fleet of databases', () => {
  let namespace: TestNamespace;
  let server: Session;
  let folder: string;
  let cli: CommandLine;
  let base: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-fleet-'));
    writeHistory(join(folder, 'db'));
    await prove({ migrations: join(folder, 'db'), cacheDir: join(folder, 'cache') });
    cli = await createCommandLine(join(folder, 'cache'));
    namespace = await createNamespace();
    const postgres = await deployPostgres(namespace, { args: ['-c', 'autovacuum=off'] });
    await postgres.waitUntilReady();
    await namespace.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'app' },
      stringData: { password: 'app' },
    } as never);
    server = await openInCluster(namespace);
    await server.query("create role app login password 'app'");
    for (let i = 0; i < SIZE; i += 1)
      await server.query(`create database ${getName(i)} owner app strategy file_copy`);
    base = [
      ...['fleet', '-m', join(folder, 'db'), '-t', 'orders', '--namespace', namespace.name],
      ...['--kubeconfig', getCluster().kubeconfig, '--image', await ensurePlinthImage(ROOT)],
      ...['--user', 'app', '--password-secret', 'app/password', '--service', 'shop'],
    ];
  }, 300_000);
  afterAll(async () => {
    await server?.close();
    await namespace?.remove();
    await cli?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  test('is applied to, and a rerun asks none again', async () => {
    const list = join(folder, 'list.txt');
    writeFileSync(list, Array.from({ length: SIZE }, (_, i) => `postgres/${getName(i)}\n`).join(''));
    const first = await cli.run([...base, '--targets', list]);
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${SIZE} databases: ${SIZE} applied`),
    });
    const again = await cli.run([...base, '--targets', list, '--json']);
    const { report } = parseLines(again.stdout).at(-1) as { report: FleetReport };
    expect(report.counts).toEqual({ applied: 0, already: 0, before: SIZE, failed: 0, left: 0 });
  }, 600_000);
});

const getName = (index: number): string => `tenant_${String(index).padStart(4, '0')}`;

function writeHistory(folder: string): void {
  mkdirSync(folder);
  writeFileSync(
    join(folder, '001_shop.sql'),
    `-- +goose Up
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
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
