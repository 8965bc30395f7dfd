import { describe, expect, it } from 'vitest';
import { getStatementChanges, getTableChanges } from '../../src/slice/changes.js';
import { createObservation, createRandomObservation } from '../support/observations.js';

const BEFORE = createObservation(
  ['a', 'b'],
  [
    { writes: [0], creates: [0], digest: 'a' },
    { writes: [1], creates: [1], digest: 'b' },
    { writes: [0], kind: 'IndexStmt', digest: 'index of a' },
    { writes: [1], kind: 'AlterTableStmt', digest: 'alter b' },
  ],
);
const NOW = createObservation(
  ['a', 'b', 'c'],
  [
    { writes: [0], creates: [0], digest: 'a' },
    { writes: [1], creates: [1], digest: 'b, otherwise' },
    { writes: [1], kind: 'AlterTableStmt', digest: 'alter b' },
    { writes: [2], creates: [2], digest: 'c' },
  ],
);

describe('what changed between two observations', () => {
  it('are statements that came, went, or read otherwise in their place', () => {
    expect(getStatementChanges(BEFORE, NOW)).toEqual([
      { change: 'changed', now: 1, before: { kind: 'CreateStmt', line: 2, writes: ['b'] } },
      { change: 'removed', now: null, before: { kind: 'IndexStmt', line: 3, writes: ['a'] } },
      { change: 'added', now: 3, before: null },
    ]);
  });

  it('are tables whose slices are others', () => {
    const proof = { before: null, now: null };
    expect(getTableChanges(BEFORE, NOW)).toEqual([
      { name: 'public.a', change: 'changed', before: 2, now: 1, gained: [], lost: 1, proof },
      { name: 'public.b', change: 'changed', before: 2, now: 2, gained: [1], lost: 1, proof },
      { name: 'public.c', change: 'added', before: null, now: 1, gained: [3], lost: 0, proof },
    ]);
    expect(getTableChanges(NOW, BEFORE).at(-1)).toMatchObject({
      name: 'public.c',
      change: 'removed',
      lost: 1,
    });
  });

  it('is nothing between equal ones, and all that is new is told of any two', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const [one, other] = [createRandomObservation(seed), createRandomObservation(seed + 1)];
      expect([...getStatementChanges(one, one), ...getTableChanges(one, one)]).toEqual([]);
      const changes = getStatementChanges(one, other);
      const told = new Set(changes.map(({ now }) => now));
      const kept = other.statements.filter((_, ordinal) => !told.has(ordinal)).map(({ digest }) => digest);
      const gone = changes.filter(({ before }) => before !== null).length;
      expect(one.statements.length - gone).toBe(kept.length);
      for (const digest of kept)
        expect(one.statements.map((statement) => statement.digest)).toContain(digest);
    }
  });
});
