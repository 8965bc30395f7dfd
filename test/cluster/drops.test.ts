import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getDifferences, type Picture, readPicture } from '../../scripts/histories/fingerprint.js';
import { apply, type RunEvent, type RunResult } from '../../src/index.js';
import { type ApiHop, startApiHop } from '../support/api-hop.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { SHOP } from '../support/run-database.js';
import { SHOP_ROLE } from '../support/shop-history.js';
import { openInCluster } from './support.js';

const DROPS = 20;

describe.skipIf(!hasCluster)('a run whose way to PostgreSQL breaks', () => {
  let namespace: TestNamespace;
  let folder: string;
  let hop: ApiHop;
  let kubeconfig: string;
  let undisturbed: Picture;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-drops-'));
    namespace = await createNamespace();
    const initScripts = { '10.sql': `create role ${SHOP_ROLE};\n` };
    await deployPostgres(namespace, { initScripts });
    hop = await startApiHop();
    kubeconfig = join(folder, 'hop');
    await hop.writeKubeconfig(kubeconfig, namespace.name);
    await applyTo('calm', { kubeconfig: getCluster().kubeconfig });
    undisturbed = await read('calm');
  }, 300_000);
  afterAll(async () => {
    await hop?.stop();
    await namespace?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  interface Disturbed {
    readonly kubeconfig?: string;
    readonly migrations?: string;
    readonly onEvent?: (event: RunEvent) => void;
  }

  /** Applies the shop to a database, a new one unless it is there. */
  async function applyTo(
    database: string,
    { onEvent = () => {}, ...more }: Disturbed = {},
  ): Promise<RunResult> {
    const session = await openInCluster(namespace);
    await session.execute(`create database ${database}`);
    await session.close();
    const options = { migrations: SHOP, namespace: namespace.name, kubeconfig, database, timeout: '3m' };
    return await apply({ ...options, ...more }, { onEvent });
  }

  async function read(database: string): Promise<Picture> {
    const session = await openInCluster(namespace, { database });
    try {
      return await readPicture(session);
    } finally {
      await session.close();
    }
  }

  /** The catalogue and the rows are as after a run that nothing disturbed; the result has each statement as applied. */
  async function expectAsUndisturbed(database: string, { outcome, steps }: RunResult): Promise<void> {
    const picture = await read(database);
    expect(getDifferences(picture, undisturbed, [])).toEqual([]);
    expect(getDifferences(undisturbed, picture, [])).toEqual([]);
    expect(outcome).toBe('applied');
    expect(steps.filter(({ status }) => status !== 'applied')).toEqual([]);
    const session = await openInCluster(namespace, { database });
    const [row] = await session.query(
      `select count(*)::int as all, count(distinct (migration, index))::int as different,
         count(*) filter (where state <> 'applied')::int as others from plinth.statements`,
    );
    expect(row).toEqual({ all: steps.length, different: steps.length, others: 0 });
    await session.close();
  }

  test(`goes on after each of ${DROPS} drops, and ends as if there had been none`, async () => {
    const seen = new Set<string>();
    let drops = 0;
    let isDropping = false;
    // At the beginning of a migration, in the middle of it, and between two; once at each place.
    const onEvent = (event: RunEvent): void => {
      if (event.type !== 'migration-started' && event.type !== 'migration-applied') return;
      const place = `${event.type} ${event.name}`;
      if (seen.has(place) || isDropping || drops === DROPS) return;
      seen.add(place);
      const drop = (): void => {
        isDropping = false;
        drops += hop.drop() > 0 ? 1 : 0;
      };
      isDropping = true;
      if (seen.size % 2 === 0) drop();
      else setTimeout(drop, Math.random() * 8);
    };
    const result = await applyTo('dropped', { onEvent });
    expect(drops).toBe(DROPS);
    await expectAsUndisturbed('dropped', result);
  });

  test('is patient where each new connection breaks before anything is run', async () => {
    let drops = 0;
    const onEvent = (event: RunEvent): void => {
      if (event.type !== 'connected' || drops === 5) return;
      drops += 1;
      hop.drop();
    };
    await expectAsUndisturbed('broken', await applyTo('broken', { onEvent }));
    expect(drops).toBe(5);
  });

  test('waits for an API server that is gone in the middle', async () => {
    const codes: (string | undefined)[] = [];
    let isGone = false;
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'migration-applied' && codes.length === 0 && !isGone) {
        isGone = true;
        hop.refuse();
        hop.drop();
      }
      if (event.type !== 'waiting') return;
      codes.push(event.finding?.code);
      if (event.finding?.code === 'API_UNREACHABLE') hop.accept();
    };
    const result = await applyTo('gone', { onEvent });
    expect(codes).toContain('API_UNREACHABLE');
    await expectAsUndisturbed('gone', result);
  });

  /** The shop, and at its end a statement that does not end as long as the server of now lives: no run is faster than its end. */
  async function createPatientShop(): Promise<string> {
    const session = await openInCluster(namespace);
    const [row] = await session.query('select now()::text as now');
    await session.close();
    const patient = await mkdtemp(join(folder, 'patient-'));
    await cp(SHOP, patient, { recursive: true });
    const isOld = `pg_postmaster_start_time() < '${row!['now']}'`;
    const wait = `DO $$ BEGIN IF ${isOld} THEN PERFORM pg_sleep(600); END IF; END $$;`;
    const text = `-- +goose Up\n-- +goose StatementBegin\n${wait}\n-- +goose StatementEnd\n`;
    await writeFile(join(patient, '00099_patience.sql'), text);
    return patient;
  }

  test('goes on when the container of its PostgreSQL was killed', async () => {
    let killing: Promise<unknown> | null = null;
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'migration-applied')
        killing ??= namespace.execute('postgres-0', 'sh', '-c', 'kill -QUIT 1');
    };
    const result = await applyTo('killed', { onEvent, migrations: await createPatientShop() });
    await killing;
    await expectAsUndisturbed('killed', result);
  });

  test('begins anew in the pod that took the place of one that is gone, with its data', async () => {
    let deleting: Promise<unknown> | null = null;
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'migration-applied') deleting ??= namespace.deletePod('postgres-0');
    };
    // Its PostgreSQL has the database of its variables, and no other one.
    const migrations = await createPatientShop();
    const options = { migrations, namespace: namespace.name, kubeconfig, timeout: '3m' };
    const result = await apply(options, { onEvent });
    await deleting;
    await expectAsUndisturbed('action_history', result);
  });
});
