import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedServer, startEmbedded } from '../../src/embedded/server.js';
import { kubernautMigrations } from '../../src/kubernaut/index.js';
import type { History } from '../../src/model/history.js';
import { createDirectoryFolder } from '../../src/sources/folder.js';
import { readHistory } from '../../src/sources/read-history.js';

let server: EmbeddedServer | null = null;
let client: pg.Client;
let history: History;

// Another server of ours, of an older version: PLINTH_TEST_URL.
beforeAll(async () => {
  const given = process.env['PLINTH_TEST_URL'];
  server = given === undefined ? await startEmbedded() : null;
  client = new pg.Client({ connectionString: given ?? server!.url });
  await client.connect();
  await client.query(
    'DROP SCHEMA IF EXISTS kubernaut CASCADE; CREATE SCHEMA kubernaut; SET search_path = kubernaut',
  );
  history = await readHistory(createDirectoryFolder(kubernautMigrations));
  await applyAll();
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

async function applyAll(): Promise<void> {
  for (const { text, regions } of history.migrations) {
    for (const { start, end } of regions) await client.query(text.slice(start, end));
  }
}

async function getColumn(sql: string): Promise<unknown[]> {
  return (await client.query({ text: sql, rowMode: 'array' })).rows.map((row) => row[0]);
}

const EVENT = {
  event_type: 'orchestrator.lifecycle.created',
  event_category: 'orchestration',
  event_action: 'created',
  event_outcome: 'success',
  actor_type: 'service',
  actor_id: 'remediationorchestrator',
  resource_type: 'RemediationRequest',
  resource_id: 'rr-1',
  correlation_id: 'rr-1',
  event_data: '{"to": "Pending"}',
};

async function insertEvent(more: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
  const today = await getColumn("SELECT (now() AT TIME ZONE 'UTC')::date::text");
  const event: Record<string, unknown> = { ...EVENT, event_date: today[0], ...more };
  const names = Object.keys(event);
  const { rows } = await client.query(
    `INSERT INTO audit_events (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})
     RETURNING *, event_date::text AS day, tableoid::regclass::text AS partition`,
    Object.values(event),
  );
  return rows[0];
}

describe('the bundled history', () => {
  test('is goose, and makes its three tables with the partitions of this month and the next', async () => {
    expect(history.format).toBe('goose');
    expect(history.passedOver).toEqual([{ path: 'plinth.lock.json', reason: 'tool-metadata' }]);
    const months = await getColumn(
      `SELECT to_char(CURRENT_DATE + n * interval '1 month', '"audit_events_y"YYYY"m"MM') FROM (VALUES (0), (1)) AS v (n)`,
    );
    const tables = await getColumn(
      "SELECT tablename::text FROM pg_tables WHERE schemaname = 'kubernaut' ORDER BY 1",
    );
    expect(tables).toEqual(['audit_events', ...months, 'workflow_versions', 'workflows']);
    expect(
      await getColumn(
        "SELECT relname::text FROM pg_class WHERE relkind = 'I' AND relnamespace = 'kubernaut'::regnamespace ORDER BY 1",
      ),
    ).toEqual([
      'audit_events_pkey',
      'idx_audit_events_actor',
      'idx_audit_events_correlation',
      'idx_audit_events_event_data',
      'idx_audit_events_event_type',
      'idx_audit_events_outcome',
      'idx_audit_events_resource',
      'idx_audit_events_timestamp',
    ]);
    expect(await getColumn('SELECT count(*)::int FROM pg_index WHERE NOT indisvalid')).toEqual([0]);
  });

  test('changes nothing when it runs again', async () => {
    const describeAll = () =>
      getColumn(
        `SELECT format('%s %s %s', c.oid::regclass, a.attname, a.attnum) FROM pg_class c
         LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0
         WHERE relnamespace = 'kubernaut'::regnamespace ORDER BY 1`,
      );
    const before = await describeAll();
    await applyAll();
    expect(await describeAll()).toEqual(before);
  });

  test('partitions of further months are made once, whatever day of the month is named', async () => {
    const names = await getColumn(
      `SELECT create_audit_events_partition(day) FROM (VALUES (date '2031-12-31'), ('2031-12-01'), ('2032-02-29')) AS v (day)`,
    );
    expect(names).toEqual(['audit_events_y2031m12', 'audit_events_y2031m12', 'audit_events_y2032m02']);
    const event = await insertEvent({ event_timestamp: '2031-12-31T23:59:59Z', event_date: '2031-12-31' });
    expect(event['partition']).toBe('audit_events_y2031m12');
  });
});

describe('audit_events', () => {
  test('takes the day from the time of the event, in UTC', async () => {
    await getColumn("SELECT create_audit_events_partition('2031-05-01')");
    const event = await insertEvent({
      event_timestamp: '2031-05-10T23:30:00-05:00',
      event_date: '2031-05-10',
    });
    expect(event['day']).toBe('2031-05-11');
    expect(event).toMatchObject({ event_version: '1.0', retention_days: 2555, is_sensitive: false });
  });

  test('refuses to change what identifies an event, and lets the rest be corrected', async () => {
    const { event_id: id } = await insertEvent();
    await expect(
      client.query("UPDATE audit_events SET actor_id = 'someone' WHERE event_id = $1", [id]),
    ).rejects.toMatchObject({ code: '23000' });
    const { rowCount } = await client.query("UPDATE audit_events SET severity = 'low' WHERE event_id = $1", [
      id,
    ]);
    expect(rowCount).toBe(1);
  });

  test('keeps an event that others follow from', async () => {
    const parent = await insertEvent();
    await insertEvent({ parent_event_id: parent['event_id'], parent_event_date: parent['day'] });
    await expect(
      client.query('DELETE FROM audit_events WHERE event_id = $1', [parent['event_id']]),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^23(001|503)$/) });
  });
});

describe('workflows', () => {
  test('have known states, one latest version and sane counts', async () => {
    await client.query("INSERT INTO workflows (workflow_id, name) VALUES ('w', 'restart')");
    const insertVersion = (version: string, column: string, value: unknown) =>
      client.query(
        `INSERT INTO workflow_versions (workflow_id, version, content, content_hash, ${column}) VALUES ('w', $1, '', '', $2)`,
        [version, value],
      );
    await insertVersion('1', 'is_latest_version', true);
    await insertVersion('2', 'is_latest_version', false);
    await expect(insertVersion('3', 'is_latest_version', true)).rejects.toMatchObject({ code: '23505' });
    await expect(insertVersion('3', 'successful_executions', 1)).rejects.toMatchObject({ code: '23514' });
    await expect(insertVersion('3', 'actual_success_rate', 1.5)).rejects.toMatchObject({ code: '23514' });
    await expect(client.query("UPDATE workflows SET status = 'gone'")).rejects.toMatchObject({
      code: '23514',
    });
    await expect(client.query('DELETE FROM workflows')).rejects.toMatchObject({
      code: expect.stringMatching(/^23(001|503)$/),
    });
  });
});
