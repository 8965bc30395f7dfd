import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, isPlinthError, plan, verify } from '../../src/index.js';
import { parsePartitionWindow } from '../../src/options/partitions.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';

let server: RunServer;
let migrations: string;
beforeAll(async () => {
  server = await startRunServer();
  const month = (name: string, from: string, to: string): string =>
    `create table ${name} partition of events for values from ('${from}') to ('${to}');`;
  migrations = await server.createFolder({
    '1_events.sql':
      renderGoose(`create table events (at timestamptz not null, what text) partition by range (at);
create table other (id int);`),
    '2_months.sql': renderGoose(
      ['01', '02', '03', '04', '05']
        .map((one, at) => month(`events_2026_${one}`, `2026-${one}-01`, `2026-0${at + 2}-01`))
        .join('\n'),
    ),
    '3_old.sql': renderGoose(`${month('events_2025', '2025-01-01', '2026-01-01')}
create index events_2025_what on events_2025 (what);
drop table events_2026_04;`),
    '4_rows.sql': renderGoose(`insert into events values ('2026-02-10', 'first');
create index on events (at);
create table events_rest partition of events default;`),
  });
});
afterAll(async () => server?.stop());

const getSource = () => ({
  migrations,
  scratch: server.getUrl(),
  cacheDir: server.cacheDir,
  tables: ['events'],
});

async function readPartitions(url: string): Promise<string[]> {
  const rows = await server.query(
    url,
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'events'::regclass order by 1",
  );
  return rows.map(({ name }) => String(name));
}

test('a window brings the partitions that it touches, those that hold rows and the default one; the plan tells the rest', async () => {
  const url = await server.createDatabase();
  const partitions = '2026-03-15..2026-04-15';
  const { leftOut } = await plan({ ...getSource(), url, partitions });
  expect(leftOut.outside.map(({ sql }) => /events_\w+/.exec(sql)![0])).toEqual([
    'events_2026_01',
    'events_2026_04',
    'events_2026_05',
    'events_2025',
    'events_2025_what',
    'events_2026_04',
  ]);
  await apply({ ...getSource(), url, partitions });
  expect(await readPartitions(url)).toEqual(['events_2026_02', 'events_2026_03', 'events_rest']);
  expect(await verify({ ...getSource(), url, partitions })).toMatchObject({ ok: true });
  expect(await verify({ ...getSource(), url })).toMatchObject({ ok: false });
  expect(await apply({ ...getSource(), url, partitions })).toMatchObject({ outcome: 'nothing-to-do' });
});

test('asked for later, the others are added, and all is as the whole history leaves it', async () => {
  const url = await server.createDatabase();
  await apply({ ...getSource(), url, partitions: '2026-03-01..2026-03-02' });
  await apply({ ...getSource(), url });
  expect(await readPartitions(url)).toEqual([
    'events_2025',
    'events_2026_01',
    'events_2026_02',
    'events_2026_03',
    'events_2026_05',
    'events_rest',
  ]);
  expect(await verify({ ...getSource(), url })).toMatchObject({ ok: true });
});

test('a whole history has a window, too', async () => {
  const url = await server.createDatabase();
  await apply({ ...getSource(), tables: [], url, partitions: '2026-05-01..2026-05-02' });
  expect(await readPartitions(url)).toEqual(['events_2026_02', 'events_2026_05', 'events_rest']);
  const [row] = await server.query(url, "select to_regclass('other') is not null as there");
  expect(row).toEqual({ there: true });
});

test('windows are read as they are written', () => {
  const now = new Date('2026-01-31T12:00:00Z');
  expect(parsePartitionWindow('all', now)).toBeNull();
  expect(parsePartitionWindow('now..+1month', now)).toEqual({
    from: '2026-01-31T12:00:00.000Z',
    to: '2026-02-28T12:00:00.000Z',
  });
  expect(parsePartitionWindow('-7days..2026-02', now)).toEqual({
    from: '2026-01-24T12:00:00.000Z',
    to: '2026-02-01T00:00:00.000Z',
  });
  for (const wrong of ['', 'now', '2026-02..2026-01', 'now..+1fortnight', '2026-13..2027-01', 'a..b'])
    expect(parsePartitionWindow(wrong, now)).toBeUndefined();
});

test('a window that is none is refused with how to write one', async () => {
  const failing = plan({ ...getSource(), partitions: 'next month' });
  const error = await failing.catch((thrown: unknown) => thrown);
  expect(isPlinthError(error) ? error.message : error).toBe(
    'partitions must be all, or FROM..TO such as now..+1month or 2026-01..2026-07',
  );
});
