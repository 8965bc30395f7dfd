import { expect, test } from 'vitest';
import { renderPlanJson } from '../../src/report/plan-json.js';
import { renderPlanText } from '../../src/report/plan-text.js';
import { PLAN } from './plan-example.js';

test('a plan shows each statement with its line and its reason as a chain', () => {
  const text = renderPlanText(PLAN);
  expect(text).toContain('audit_events ← trigger trg_set_date ← function set_date()');
  expect(text).toMatch(
    /^ {4}2 {2}CREATE TABLE IF NOT EXISTS audit_events \(…\) PARTITION BY RA… +audit_events$/m,
  );
  expect(text).toMatch(/^002_index\.sql {2}\(no transaction\)$/m);
});

test('no line is wider than a narrow terminal, but for the reason itself', () => {
  const lines = renderPlanText(PLAN, { columns: 60 }).split('\n');
  const reasons = lines.filter((line) => line.startsWith('         '));
  expect(reasons.length).toBeGreaterThan(0);
  const statements = lines.filter((line) => /^ +\d+ {2}/.test(line));
  expect(statements).toHaveLength(4);
  for (const line of statements) expect([...line].length).toBeLessThanOrEqual(60);
});

test('a step in code stands between the migrations', () => {
  const heads = renderPlanText(PLAN)
    .split('\n')
    .filter((line) => /^00/.test(line));
  expect(heads).toEqual([
    '001_audit.sql',
    '002_backfill.go  (step in code: not run)',
    '002_index.sql  (no transaction)',
  ]);
  expect(renderPlanText(PLAN)).toContain('Steps in code, which Plinth does not run: 1.');
});

test('what is left out is named on request', () => {
  expect(renderPlanText(PLAN, { leftOut: true })).toContain('002_more.sql:3  CREATE TABLE other (…)');
  expect(renderPlanText(PLAN)).not.toContain('002_more.sql:3');
});

test('an empty plan says so', () => {
  const text = renderPlanText({ ...PLAN, migrations: [], codeSteps: [], creates: [], already: 6 });
  expect(text.split('\n')[0]).toContain('Nothing to do');
});

test('the JSON of a plan is versioned and has kinds in words', () => {
  const json = renderPlanJson(PLAN);
  expect(json.format).toBe('plinth-plan/1');
  expect(json.steps.map(({ kind }) => kind)).toEqual([
    'SET',
    'CREATE TABLE',
    'CREATE FUNCTION',
    'CREATE INDEX',
  ]);
  expect(json.steps[2]).toMatchObject({
    migration: '001_audit.sql',
    line: 9,
    reason: ['audit_events', 'trigger trg_set_date', 'function set_date()'],
  });
  expect(JSON.parse(JSON.stringify(json))).toEqual(json);
});
