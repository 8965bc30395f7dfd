import { describe, expect, it } from 'vitest';
import { EMPTY_LEDGER } from '../../src/model/ledger.js';
import { createCase, createLedger, render } from './support.js';

const whole = createCase({
  '1.sql': ['a', 'b'],
  '2.sql': [{ sql: 'set', session: true, always: true }, 'c'],
  '3.sql': [{ sql: 'set too', session: true, always: true }],
});

describe('the plan of a whole history', () => {
  it('is everything on an empty database, each step for the reason that all was asked for', () => {
    const { plan } = whole.getPlan(EMPTY_LEDGER);
    expect(render(plan.migrations)).toEqual(['1.sql: a b', '2.sql: set c']);
    expect(plan.migrations.flatMap(({ steps }) => steps.map(({ reason }) => reason.why))).toEqual(
      Array.from({ length: 4 }, () => 'all'),
    );
    expect(plan).toMatchObject({ tables: [], already: 0, leftOut: { statements: 0 } });
  });

  it('runs the settings of a session again with what is left of their migration', () => {
    expect(render(whole.getPlan(createLedger(whole, ['a'])).plan.migrations)).toEqual([
      '1.sql: b',
      '2.sql: set c',
    ]);
  });

  it('has no migration for its settings alone', () => {
    const { plan } = whole.getPlan(createLedger(whole, ['a', 'b', 'c']));
    expect(plan.migrations).toEqual([]);
    expect(plan.already).toBe(3);
  });

  it('runs again what had started and was not seen to end', () => {
    const ledger = createLedger(whole, ['a', ['b', 'started'], 'c']);
    expect(render(whole.getPlan(ledger).plan.migrations)).toEqual(['1.sql: b']);
  });
});

describe('a folder that changed', () => {
  const changed = createCase({ '1.sql': ['a', 'B'], '1a.sql': ['new'], '2.sql': ['c', 'd'] });

  it('is told with its plan, in which what changed does not run', () => {
    const { fit, plan } = changed.getPlan(createLedger(whole, ['a', 'b']));
    expect(fit.changes).toEqual([
      { migration: '1.sql', migrationName: '1.sql', index: 1, now: { sql: 'B', line: 2 } },
    ]);
    expect(render(plan.migrations)).toEqual(['1a.sql: new', '2.sql: c d']);
  });

  it('is refused where a migration lies below the newest, unless that is allowed', () => {
    const ledger = createLedger(whole, ['a', 'c']);
    expect(() => changed.getPlan(ledger)).toThrowError(
      expect.objectContaining({
        code: 'MIGRATION_OUT_OF_ORDER',
        args: { migrations: ['1a.sql'], newest: '2.sql' },
      }),
    );
    const { plan } = changed.getPlan(ledger, { allowOutOfOrder: true });
    expect(render(plan.migrations)).toEqual(['1.sql: B', '1a.sql: new', '2.sql: d']);
  });

  it('is not refused for a migration below the newest of which nothing runs', () => {
    const files = {
      '1.sql': [{ sql: 'a', writes: [0], creates: [0] }],
      '2.sql': [{ sql: 'c', writes: [0] }],
    };
    const first = createCase(files, ['t']);
    const later = createCase({ '1.sql': files['1.sql'], '1a.sql': ['other'], '2.sql': files['2.sql'] }, [
      't',
    ]);
    const { plan } = later.getPlan(createLedger(first, ['a', 'c']), { tables: ['t'] });
    expect(plan.migrations).toEqual([]);
  });

  it('is refused where a migration with applied statements is gone', () => {
    const { history } = changed;
    const left = {
      ...history,
      migrations: history.migrations.slice(1).map((m, ordinal) => ({ ...m, ordinal })),
    };
    expect(() => changed.getPlan(createLedger(whole, ['a']), { history: left, statements: [] })).toThrowError(
      expect.objectContaining({ code: 'MIGRATION_DELETED', args: { migrations: ['1.sql'] } }),
    );
  });
});

describe('the plan of a slice', () => {
  const slices = createCase(
    {
      '1.sql': [
        { sql: 'create-t', writes: [0], creates: [0] },
        { sql: 'create-u', writes: [1], creates: [1] },
      ],
      '2.sql': [
        { sql: 'grant-all', kind: 'GrantStmt', writes: [0, 1], repeatable: true },
        { sql: 'grant-t', kind: 'GrantStmt', writes: [0] },
        { sql: 'fill-t', kind: 'InsertStmt', idle: true, targets: [0], needs: [1] },
        { sql: 'nothing', kind: 'SelectStmt', idle: true },
      ],
      '3.sql': [{ sql: 'fill-u', kind: 'UpdateStmt', idle: true, targets: [1] }],
    },
    ['t', 'u'],
  );

  it('is the kept statements with their reasons, the tables, and what is left out', () => {
    const { plan } = slices.getPlan(EMPTY_LEDGER, { tables: ['t'] });
    expect(render(plan.migrations)).toEqual(['1.sql: create-t', '2.sql: grant-all grant-t (elided: fill-t)']);
    expect(plan.migrations[0]!.steps[0]!.reason).toEqual({ why: 'wanted', chain: ['t'] });
    expect(plan).toMatchObject({ tables: ['public.t'], creates: ['public.t'], already: 0 });
    expect(plan.leftOut.statements).toBe(4);
    expect(plan.leftOut.unneeded.map(({ sql }) => sql)).toEqual(['create-u']);
    expect(plan.leftOut.idle.map(({ sql }) => sql)).toEqual(['fill-t', 'nothing', 'fill-u']);
  });

  it('elides idle statements whose table is made in the same run, once', () => {
    const { plan } = slices.getPlan(EMPTY_LEDGER, { tables: ['u'] });
    expect(render(plan.migrations)).toEqual([
      '1.sql: create-u',
      '2.sql: grant-all (elided: fill-t)',
      '3.sql:  (elided: fill-u)',
    ]);
    const rows = ['create-u', 'grant-all', ['fill-u', 'elided']] as const;
    expect(slices.getPlan(createLedger(slices, rows), { tables: ['u'] }).plan.migrations).toEqual([]);
  });

  it('runs idle statements whose table was made in an earlier run, with what they need', () => {
    const ledger = createLedger(slices, ['create-t', 'grant-all', 'grant-t']);
    const { plan } = slices.getPlan(ledger, { tables: ['t'] });
    expect(render(plan.migrations)).toEqual([
      '1.sql: create-u',
      '2.sql: grant-all fill-t',
      '3.sql:  (elided: fill-u)',
    ]);
    expect(plan.migrations[1]!.steps.at(-1)!.reason.why).toBe('live');
  });

  it('runs a grant on all tables again for a table that comes late, and only then', () => {
    const ledger = createLedger(slices, ['create-t', 'grant-all', 'grant-t', ['fill-t', 'elided']]);
    expect(render(slices.getPlan(ledger, { tables: ['u'] }).plan.migrations)).toEqual([
      '1.sql: create-u',
      '2.sql: grant-all',
      '3.sql:  (elided: fill-u)',
    ]);
    expect(slices.getPlan(ledger, { tables: ['t'] }).plan.migrations).toEqual([]);
  });

  it('runs idle statements about tables that were there before the history', () => {
    const outside = createCase(
      {
        '1.sql': [
          { sql: 'create-t', writes: [0], creates: [0], needs: [1] },
          { sql: 'fill-users', kind: 'UpdateStmt', idle: true, targets: [1] },
        ],
      },
      ['t', { type: 'table', identity: 'auth.users', environment: true }],
    );
    expect(render(outside.getPlan(EMPTY_LEDGER, { tables: ['t'] }).plan.migrations)).toEqual([
      '1.sql: create-t fill-users',
    ]);
  });

  it('holds roles, places outside of transactions and CONCURRENTLY as they were observed', () => {
    const concurrently = { start: 1, end: 2, does: 'create', table: '"t"', index: 'i' } as const;
    const one = createCase(
      { '1.sql': [{ sql: 'x', writes: [0], outside: true, roles: ['r'], concurrently }] },
      ['t'],
    );
    expect(one.getPlan(EMPTY_LEDGER, { tables: ['t'] }).plan.migrations[0]!.steps[0]).toMatchObject({
      outside: true,
      roles: ['r'],
      concurrently,
      session: false,
      migrationId: '1.sql',
    });
  });
});
