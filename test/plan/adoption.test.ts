import { describe, expect, test } from 'vitest';
import type { ObservedObject } from '../../src/model/observation.js';
import { getAdoptedStatements } from '../../src/plan/adoption.js';
import { createSlicer } from '../../src/slice/slice.js';
import { createCase, createLedger, type StatementGiven } from './support.js';

const [A, B, OLD] = [0, 1, 2];
const OBJECTS: readonly (string | ObservedObject)[] = [
  'a',
  'b',
  { type: 'table', identity: 'public.old', gone: true },
  { type: 'schema', identity: 'public', environment: true },
];

/** What of these statements is adopted where the given objects are equal. */
function getAdopted(
  statements: readonly StatementGiven[],
  equal: readonly number[],
  applied: readonly number[] = [],
) {
  const { observation, statements: all } = createCase({ '1.sql': statements }, OBJECTS);
  const slice = createSlicer(observation).getSlice({ tables: ['a', 'b'], alone: true, declared: [] });
  const { adopted, mixed } = getAdoptedStatements({
    observation,
    statements: all,
    slice,
    applied: new Set(applied),
    equal: new Set(equal),
  });
  const getSql = (ordinals: readonly number[]): string =>
    ordinals.map((ordinal) => all[ordinal]!.sql).join(' ');
  return { adopted: getSql(adopted), mixed: getSql(mixed) };
}

const MAKE = [
  { sql: 'a', writes: [A], creates: [A] },
  { sql: 'b', writes: [B], creates: [B] },
];

describe('what is adopted', () => {
  test('is what made the equal objects, and not what the ledger has', () => {
    const more = [...MAKE, { sql: 'a2', writes: [A] }];
    expect(getAdopted(more, [A])).toEqual({ adopted: 'a a2', mixed: '' });
    expect(getAdopted(more, [A, B])).toEqual({ adopted: 'a b a2', mixed: '' });
    expect(getAdopted(more, [A], [0])).toEqual({ adopted: 'a2', mixed: '' });
    expect(getAdopted(more, [])).toEqual({ adopted: '', mixed: '' });
  });

  test('takes along what the history made on the way, unless something to be made needs it', () => {
    const made = { sql: 'old', writes: [OLD], creates: [OLD] };
    const dropped = { sql: 'drop', writes: [OLD] };
    const fromOld = { sql: 'a', writes: [A], creates: [A], needs: [OLD] };
    expect(getAdopted([made, fromOld, MAKE[1]!, dropped], [A]).adopted).toBe('old a drop');
    const bFromOld = { sql: 'b', writes: [B], creates: [B], needs: [OLD] };
    expect(getAdopted([made, fromOld, bFromOld, dropped], [A]).adopted).toBe('a');
  });

  test('leaves settings, and what failed while it was watched, to be run', () => {
    const setting = { sql: 'default privileges', always: true as const };
    const failed = { sql: 'failed', needs: [A], failed: { sqlstate: '42704', message: 'no such type' } };
    expect(getAdopted([setting, ...MAKE, failed], [A, B]).adopted).toBe('a b');
  });

  test('takes along statements about its rows that did nothing on an empty table', () => {
    const idle = { sql: 'backfill', kind: 'UpdateStmt', idle: true as const, targets: [A] };
    const both = { sql: 'copy', kind: 'InsertStmt', idle: true as const, targets: [B], needs: [A] };
    expect(getAdopted([...MAKE, idle, both], [A]).adopted).toBe('a backfill');
  });

  test('is not what also makes what is missing, but a right may be given again', () => {
    const joint = { sql: 'do', kind: 'DoStmt', writes: [A, B] };
    const grant = { sql: 'grant', kind: 'GrantStmt', writes: [A, B] };
    expect(getAdopted([...MAKE, joint, grant], [A])).toEqual({ adopted: 'a', mixed: 'do' });
  });
});

describe('what is to run beside what was adopted', () => {
  const later = createCase(
    {
      '1.sql': [...MAKE],
      '2.sql': [{ sql: 'rename', kind: 'RenameStmt', writes: [A], before: [1] }],
    },
    OBJECTS,
  );

  test('must not have been written for it as it was before', () => {
    const adopted = createLedger(later, [
      ['a', 'adopted'],
      ['rename', 'adopted'],
    ]);
    expect(() => later.getPlan(adopted, { tables: ['b'] })).toThrow(
      '1.sql:2 was written for public.a as it was before 2.sql:3; public.a was adopted as it is after it',
    );
  });

  test('may, where the table was made by runs: those took it along', () => {
    const applied = createLedger(later, ['a', 'rename']);
    expect(later.getPlan(applied, { tables: ['b'] }).plan.migrations).toHaveLength(1);
  });
});
