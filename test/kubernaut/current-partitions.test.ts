import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply } from '../../src/index.js';
import { renderCurrentPartitions } from '../../src/kubernaut/current-partitions.js';
import { kubernautMigrations } from '../../src/kubernaut/index.js';
import { type RunServer, startRunServer } from '../support/run-database.js';

let server: RunServer;
beforeAll(async () => {
  server = await startRunServer();
});
afterAll(() => server?.stop());

const CREATE = 'create table audit_events (event_date date not null) partition by range (event_date);';

async function createDatabase(sql = CREATE): Promise<string> {
  const url = await server.createDatabase();
  await server.query(url, sql);
  return url;
}

/** The partitions with their bounds, after the SQL ran as on a day. */
async function readPartitions(url: string, day: string, before = ''): Promise<unknown[]> {
  await server.query(url, `${before}${renderCurrentPartitions(`date '${day}'`)}`);
  const rows = await server.query(
    url,
    `select c.oid::regclass || ' ' || regexp_replace(pg_get_expr(relpartbound, c.oid), '[^0-9 -]', '', 'g') as one
     from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = 'audit_events'::regclass order by relname`,
  );
  return rows.map(({ one }) => String(one).replaceAll(/\s+/g, ' ').trim());
}

test.each([
  [
    '2026-12-31',
    'audit_events_y2026m12 2026-12-01 2027-01-01',
    'audit_events_y2027m01 2027-01-01 2027-02-01',
  ],
  [
    '2027-01-31',
    'audit_events_y2027m01 2027-01-01 2027-02-01',
    'audit_events_y2027m02 2027-02-01 2027-03-01',
  ],
  [
    '2028-02-29',
    'audit_events_y2028m02 2028-02-01 2028-03-01',
    'audit_events_y2028m03 2028-03-01 2028-04-01',
  ],
  [
    '2027-10-31',
    'audit_events_y2027m10 2027-10-01 2027-11-01',
    'audit_events_y2027m11 2027-11-01 2027-12-01',
  ],
  [
    '2027-11-01',
    'audit_events_y2027m11 2027-11-01 2027-12-01',
    'audit_events_y2027m12 2027-12-01 2028-01-01',
  ],
])('on %s there are the partitions of this month and the next', async (day, ...partitions) => {
  const url = await createDatabase();
  expect(await readPartitions(url, day)).toEqual(partitions);
  expect(await readPartitions(url, day)).toEqual(partitions);
});

test('month after month one is added, whatever way dates are written', async () => {
  const url = await createDatabase();
  for (const day of ['2026-12-31', '2027-01-01', '2027-01-31'])
    await readPartitions(url, day, "set datestyle = 'German, DMY'; ");
  const names = (await readPartitions(url, '2027-02-28')).map((one) => String(one).split(' ')[0]);
  expect(names).toEqual(
    [12, 1, 2, 3].map((m) => `audit_events_y202${m === 12 ? 6 : 7}m${String(m).padStart(2, '0')}`),
  );
});

test('what is named otherwise, or spans more than a month, counts; new ones are named as their siblings', async () => {
  const url = await createDatabase(`${CREATE}
    create table audit_events_2026_11 partition of audit_events for values from ('2026-11-01') to ('2026-12-01');
    create table audit_events_2027 partition of audit_events for values from ('2027-01-01') to ('2028-01-01')`);
  expect(await readPartitions(url, '2026-11-27')).toEqual([
    'audit_events_2026_11 2026-11-01 2026-12-01',
    'audit_events_2026_12 2026-12-01 2027-01-01',
    'audit_events_2027 2027-01-01 2028-01-01',
  ]);
  expect(await readPartitions(url, '2027-12-31')).toContain('audit_events_2028_01 2028-01-01 2028-02-01');
});

test('weeks are left alone, and so is a table that is not partitioned so, or not there', async () => {
  const weeks = await createDatabase(`${CREATE}
    create table week_1 partition of audit_events for values from ('2026-11-02') to ('2026-11-09')`);
  expect(await readPartitions(weeks, '2026-11-04')).toEqual([
    'audit_events_y2026m12 2026-12-01 2027-01-01',
    'week_1 2026-11-02 2026-11-09',
  ]);
  const plain = await createDatabase('create table audit_events (event_date date)');
  expect(await readPartitions(plain, '2026-11-04')).toEqual([]);
  await server.query(await server.createDatabase(), renderCurrentPartitions());
});

test('today is the day in UTC, wherever the server is', async () => {
  const url = await server.createDatabase();
  const [, month] = /\/([^/?]+)\?/.exec(url)!;
  await server.query(url, `alter database ${month} set timezone = 'Pacific/Kiritimati'`);
  await apply({ migrations: kubernautMigrations, url, afterwards: renderCurrentPartitions() });
  const [row] = await server.query(
    url,
    `insert into audit_events (event_date, event_type, event_category, event_action, event_outcome, actor_type, actor_id,
       resource_type, resource_id, correlation_id, event_data)
     select (now() at time zone 'UTC')::date, 't', 'c', 'a', 'success', 's', 'i', 'r', 'r', 'c', '{}' returning 1 as one`,
  );
  expect(row).toEqual({ one: 1 });
});
