import type { Plan, Step } from '../../src/model/plan.js';
import type { Reason } from '../../src/model/slice.js';

/** A step of the example plan. */
export function createStep(
  sql: string,
  kind: string,
  line: number,
  reason: Reason,
  more: Partial<Step> = {},
): Step {
  return {
    ordinal: line,
    migration: 0,
    migrationId: '1',
    migrationName: '001_audit.sql',
    index: line - 1,
    line,
    column: 1,
    kind,
    sql,
    digest: '0123456789abcdef',
    reason,
    outside: false,
    session: false,
    roles: [],
    ...more,
  };
}

/** A plan for `audit_events` with one statement of each sort. */
export const PLAN: Plan = {
  history: {
    name: 'main',
    format: 'goose',
    location: 'db/migrations',
    digest: 'abc',
    migrations: 3,
    statements: 20,
  },
  tables: ['public.audit_events'],
  proof: 'proven',
  migrations: [
    {
      ordinal: 0,
      id: '1',
      name: '001_audit.sql',
      transaction: 'each',
      steps: [
        createStep('SET search_path = app', 'VariableSetStmt', 1, { why: 'always', chain: [] }),
        createStep(
          'CREATE TABLE IF NOT EXISTS audit_events (\n  id uuid, -- the key\n  day date\n) PARTITION BY RANGE (day);',
          'CreateStmt',
          2,
          { why: 'wanted', chain: ['audit_events'] },
        ),
        createStep(
          'CREATE FUNCTION set_date() RETURNS trigger AS $$ -- body $$ LANGUAGE plpgsql',
          'CreateFunctionStmt',
          9,
          {
            why: 'wanted',
            chain: ['audit_events', 'trigger trg_set_date', 'function set_date()'],
          },
        ),
      ],
      elided: [],
    },
    {
      ordinal: 1,
      id: '2',
      name: '002_index.sql',
      transaction: 'none',
      steps: [
        createStep(
          'CREATE INDEX CONCURRENTLY idx_a ON audit_events (day)',
          'IndexStmt',
          3,
          { why: 'unobserved', chain: ['audit_events'] },
          {
            migrationName: '002_index.sql',
          },
        ),
      ],
      elided: [],
    },
  ],
  codeSteps: [{ name: '002_backfill.go', before: 1, beforeName: '002_index.sql' }],
  already: 2,
  leftOut: {
    statements: 2,
    unneeded: [{ migrationName: '002_more.sql', line: 3, kind: 'CreateStmt', sql: 'CREATE TABLE other ()' }],
    idle: [{ migrationName: '002_more.sql', line: 9, kind: 'UpdateStmt', sql: 'UPDATE other SET a = 1' }],
    outside: [],
  },
  creates: ['public.audit_events'],
  absent: ['public.audit_events'],
  expects: [],
};
