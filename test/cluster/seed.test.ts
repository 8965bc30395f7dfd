import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPlinthError } from '../../src/index.js';
import {
  applyAllMigrations,
  applyAuditMigrations,
  applyMigrations,
  defaultMigrationConfig,
  type MigrationConfig,
  verifyMigrations,
} from '../../src/kubernaut/index.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

describe.skipIf(!hasCluster)('the seed’s API', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    namespace = await createNamespace();
  }, 200_000);
  afterAll(() => namespace?.remove());

  const getConfig = (more: Partial<MigrationConfig> = {}): MigrationConfig => ({
    kubeconfigPath: getCluster().kubeconfig,
    namespace: namespace.name,
    timeout: '120s',
    ...more,
  });

  test('its snippet: applied while PostgreSQL is still starting, and a second call finds nothing to do', async () => {
    await deployPostgres(namespace, { startDelay: 2, initDelay: 1 });
    const logger = new PassThrough().setEncoding('utf8');
    const result = await applyMigrations(getConfig({ tables: ['audit_events'], timeout: '30s', logger }));
    expect(result).toMatchObject({ outcome: 'applied', created: ['public.audit_events'] });
    const log = String(logger.read());
    expect(log).toContain('Waiting: ');
    expect(log).toContain('Made: public.audit_events');
    expect(log).not.toContain('s3cret-of-the-test');
    expect(await verifyMigrations(getConfig({ tables: ['audit_events'] }))).toMatchObject({ ok: true });
    expect(await verifyMigrations(getConfig({ tables: ['workflows'] }))).toMatchObject({ ok: false });
    expect(await applyMigrations(getConfig({ tables: ['audit_events'] }))).toMatchObject({
      outcome: 'nothing-to-do',
    });

    const session = await openInCluster(namespace);
    const [row] = await session.query(`select
      (select count(*)::int from pg_index where indrelid = 'audit_events'::regclass and indisvalid) as indexes,
      (select array_agg(inhrelid::regclass::text order by 1) from pg_inherits
        where inhparent = 'audit_events'::regclass) as partitions,
      array[to_char(now(), '"audit_events_y"YYYY"m"MM'),
        to_char(date_trunc('month', now()) + interval '1 month', '"audit_events_y"YYYY"m"MM')] as wanted,
      to_regclass('workflows') is null as alone`);
    expect(row).toMatchObject({ indexes: 8, partitions: row!['wanted'], alone: true });
    await session.close();
  });

  test('a database of another month gets the partitions of this one', async () => {
    const session = await openInCluster(namespace);
    await session.execute(`do $$ declare name text; begin
      for name in select inhrelid::regclass::text from pg_inherits where inhparent = 'audit_events'::regclass
      loop execute format('alter table audit_events detach partition %s', name);
        execute format('alter table %s rename to %s', name, 'old_' || name);
      end loop; end $$`);
    expect(await applyAuditMigrations(getConfig())).toMatchObject({ outcome: 'nothing-to-do' });
    const sql = `select count(*)::int as n from pg_inherits where inhparent = 'audit_events'::regclass`;
    expect(await session.query(sql)).toEqual([{ n: 2 }]);
    await session.close();
  });

  test('eight services at once, with different tables: all succeed, and each statement is applied once', async () => {
    const own = await createNamespace();
    try {
      await deployPostgres(own);
      const wanted = [['audit_events'], ['workflows'], ['workflow_versions'], []];
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          applyMigrations({
            ...defaultMigrationConfig(getCluster().kubeconfig, own.name),
            timeout: '120s',
            tables: wanted[index % wanted.length]!,
            service: `service-${index}`,
          }),
        ),
      );
      expect(results.map(({ outcome }) => outcome)).not.toContain('failed');
      // What the runs say that they applied, all together, is each statement once.
      const applied = results.flatMap(({ steps }) =>
        steps
          .filter(({ status }) => status === 'applied')
          .map(({ migration, statement }) => `${migration} ${statement}`),
      );
      expect(new Set(applied).size).toBe(applied.length);
      const session = await openInCluster(own);
      const [row] = await session.query(`select count(*)::int as statements,
        count(*) filter (where state = 'applied')::int as applied from plinth.statements`);
      expect(row).toEqual({ statements: applied.length, applied: applied.length });
      expect(await applyAllMigrations({ ...getConfig(), namespace: own.name })).toMatchObject({
        outcome: 'nothing-to-do',
      });
      await session.close();
    } finally {
      await own.remove();
    }
  });

  test('PostgreSQL that is not there is PostgresNotReadyError with the cause, not a timeout', async () => {
    const failing = applyAuditMigrations(getConfig({ postgresService: 'postgrse' }));
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(isPlinthError(error)).toBe(true);
    expect(error).toMatchObject({ name: 'PostgresNotReadyError', code: 'SERVICE_MISSING' });
    expect((error as Error).message).toContain('did you mean postgres?');
  });
});
