import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { LockHolder, RunEvent } from '../../src/model/event.js';
import { createHumanReporter } from '../../src/report/human.js';

async function show(
  events: readonly RunEvent[],
  more: { live?: boolean; verbose?: boolean } = {},
): Promise<string> {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;
  const reporter = await createHumanReporter({ stream, ...more });
  for (const event of events) reporter.onEvent(event);
  reporter.stop();
  return (stream.read() as Buffer | null)?.toString() ?? '';
}

const HOLDER: LockHolder = {
  pid: 42,
  applicationName: 'plinth/gateway/r7',
  since: '12:00:01',
  state: 'active',
  query: 'CREATE INDEX i\n  ON t (a)',
  waitEvent: null,
};
const waiting = (pid: number, elapsedMs: number): RunEvent => ({
  type: 'waiting',
  forWhat: 'lock',
  holder: { ...HOLDER, pid },
  elapsedMs,
});
const WELL: readonly RunEvent[] = [
  {
    type: 'history',
    format: 'goose',
    location: 'db',
    migrations: 2,
    passedOver: [{ path: 'README.md', reason: 'not-sql' }],
  },
  { type: 'observed', statements: 9, elapsedMs: 5, from: 'cache', proof: 'none' },
  { type: 'connecting', target: 'u@h:5432/db' },
  { type: 'connected', target: 'u@h:5432/db', serverVersion: '18.1', run: 'r1' },
  {
    type: 'planned',
    migrations: 1,
    statements: 3,
    already: 0,
    leftOut: 6,
    tables: ['public.t'],
    proof: 'none',
  },
  { type: 'migration-started', name: '001.sql', statements: 3 },
  { type: 'notice', severity: 'NOTICE', message: 'relation exists, skipping', migration: '001.sql' },
  { type: 'migration-applied', name: '001.sql', statements: 3, elapsedMs: 12 },
];

test('says little when all is well', async () => {
  expect(await show(WELL)).toBe('  001.sql  3 statements, 12 ms\n');
});

test('says more on request, files that were passed over included', async () => {
  const text = await show(WELL, { verbose: true });
  expect(text).toContain('README.md');
  expect(text).toContain('skipping');
  expect(text).toContain('18.1');
});

test('names the holder of the lock once, and again when it is another', async () => {
  const text = await show([waiting(42, 0), waiting(42, 500), waiting(43, 900)]);
  const lines = text.trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('plinth/gateway/r7 (pid 42, since 12:00:01, active: CREATE INDEX i ON t (a))');
});

test('shows warnings and findings', async () => {
  const text = await show([
    { type: 'notice', severity: 'WARNING', message: 'odd', migration: null },
    { type: 'finding', finding: { code: 'INDEX_REBUILT', severity: 'warning', args: { index: 'i' } } },
    { type: 'reconnecting', cause: 'reset of postgres://u:hunter2@h/db', attempt: 1 },
  ]);
  expect(text.trim().split('\n')).toHaveLength(3);
  expect(text).not.toContain('hunter2');
});

test('a live line is cut to the terminal and is gone in the end', async () => {
  const text = await show([{ type: 'observing', done: 0, total: 10, elapsedMs: 1 }], { live: true });
  expect(text).toContain('0 of 10 statements');
  expect(text.slice(text.indexOf('\n'))).toContain('\u001b[2K');
});
