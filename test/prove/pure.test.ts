import { describe, expect, it, test } from 'vitest';
import { getStatementChanges } from '../../src/observe/changes.js';
import { getProofState } from '../../src/plan/proof-state.js';
import { getAdded, type Rule } from '../../src/prove/enlarge.js';
import { runPool } from '../../src/prove/pool.js';
import { getStableRows, isSameRows } from '../../src/prove/rows.js';
import { getSequences } from '../../src/prove/sequences.js';
import { shrink } from '../../src/prove/shrink.js';
import type { Problem } from '../../src/prove/trial.js';
import type { ParsedStatement } from '../../src/sql/statements.js';
import { createObservation } from '../support/observations.js';

describe('a pool', () => {
  it('runs all tasks, never more than so many at a time', async () => {
    let [now, most] = [0, 0];
    const done: number[] = [];
    await runPool([1, 2, 3, 4, 5], 2, undefined, async (task) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      done.push(task);
    });
    expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  it('begins no other task when one has failed, and waits for those that run', async () => {
    const begun: number[] = [];
    let ended = 0;
    const running = runPool([1, 2, 3, 4], 2, undefined, async (task) => {
      begun.push(task);
      if (task === 1) throw new Error('no');
      await new Promise((resolve) => setTimeout(resolve, 5));
      ended += 1;
    });
    await expect(running).rejects.toThrow('no');
    expect(begun).toEqual([1, 2]);
    expect(ended).toBe(1);
  });

  it('begins none when the signal has fired', async () => {
    const begun: number[] = [];
    const running = runPool([1], 2, AbortSignal.abort(), async (task) => void begun.push(task));
    await expect(running).rejects.toThrow();
    expect(begun).toEqual([]);
  });
});

test.each([
  [[1, 2, 3, 4, 5, 6, 7, 8], [3]],
  [
    [1, 2, 3, 4, 5, 6, 7, 8],
    [2, 7],
  ],
  [
    [1, 2, 3],
    [1, 2, 3],
  ],
  [[1, 2, 3], []],
])('of %j the needed %j are left', async (items, needed) => {
  const isEnough = async (left: readonly number[]): Promise<boolean> =>
    needed.every((one) => left.includes(one));
  expect(await shrink(items, isEnough, 100)).toEqual(needed);
});

describe('orders of requests', () => {
  const tables = Array.from({ length: 30 }, (_, at) => `public.t${at}`);

  it('are of three different tables each, and the same for the same names', () => {
    const sequences = getSequences(tables, 12);
    expect(sequences).toHaveLength(12);
    for (const sequence of sequences) expect(new Set(sequence).size).toBe(3);
    expect(getSequences([...tables].reverse(), 12)).toEqual(sequences);
    expect(getSequences(['one'], 12)).toEqual([]);
  });

  it('change little with a table more', () => {
    const before = getSequences(tables, 12).map((sequence) => sequence.join());
    const after = getSequences([...tables, 'public.late'], 12).map((sequence) => sequence.join());
    expect(before.filter((sequence) => after.includes(sequence)).length).toBeGreaterThan(6);
  });
});

describe('rows', () => {
  const picture = (rows: number, digests: Record<string, string>) => ({ rows, digests });

  it('are compared by what two runs of the same agree upon', () => {
    const one = new Map([['t', picture(2, { '': 'x', id: 'a', at: 'b' })]]);
    const other = new Map([['t', picture(2, { '': 'y', id: 'a', at: 'c' })]]);
    const stable = getStableRows(one, other).get('t')!;
    expect(stable).toEqual(picture(2, { id: 'a' }));
    expect(isSameRows(stable, picture(2, { '': 'z', id: 'a', at: 'd' }))).toBe(true);
    expect(isSameRows(stable, picture(2, { '': 'z', id: 'b', at: 'd' }))).toBe(false);
    expect(isSameRows(stable, picture(3, { id: 'a' }))).toBe(false);
    expect(isSameRows(stable, undefined)).toBe(false);
    expect(isSameRows(undefined, undefined)).toBe(true);
  });
});

describe('a slice that does not do', () => {
  // 0 makes a, 1 makes b, 2 changes both, 3 only b, 4 is idle about a, 5 comes after all.
  const observation = createObservation(
    ['a', 'b'],
    [
      { writes: [0], creates: [0] },
      { writes: [1], creates: [1] },
      { kind: 'DoStmt', writes: [0, 1] },
      { writes: [1] },
      { idle: true, targets: [0] },
      { writes: [1] },
    ],
  );
  const facts = [0, 1].map((of) => ({ of, facts: {} }));
  const rows: Problem = { is: 'rows', object: 'table public.a', expected: 1, found: 0 };
  const failed: Problem = { is: 'failed', ordinal: 2, reason: 'no b' };

  it.each<[Rule, Problem, number[]]>([
    ['writers', rows, [4]],
    ['writers', failed, [1, 3, 4, 5]],
    ['touched', rows, [1, 3, 4, 5]],
    ['order', rows, [1]],
    ['neighbours', rows, [1, 3, 4, 5]],
    ['earlier', rows, [1]],
    ['all', rows, [1, 3, 4, 5]],
  ])('gets by the rule %s, for %j, %j', (rule, problem, added) => {
    const kept = new Set([0, 2]);
    const given = {
      observation: { ...observation, facts },
      kept,
      roomy: new Set([0, 1, 2]),
      problems: [problem],
    };
    expect(getAdded(rule, given)).toEqual(added);
  });
});

describe('changes of a history', () => {
  const history = { migrations: [{ name: '1.sql' }, { name: '2.sql' }] } as never;
  const statement = (digest: string, migration: number, line: number): ParsedStatement =>
    ({ digest, migration, line }) as ParsedStatement;
  const locked = {
    ...createObservation(['a'], [{ digest: 'x' }, { digest: 'y' }, { digest: 'z', migration: 1 }]),
    migrations: ['1.sql', '2.sql'],
  };

  it.each([
    [['x 0 1', 'y 0 2', 'z 1 1'], []],
    [['x 0 1', 'Y 0 2', 'z 1 1'], ['changed 1.sql:2']],
    [['x 0 1', 'n 0 2', 'y 0 3', 'z 1 1'], ['new 1.sql:2']],
    [['x 0 1', 'z 1 1'], ['gone 1.sql:2']],
    [['x 0 1', 'y 0 2', 'z 1 1', 'n 1 4'], ['new 2.sql:4']],
    [['x 0 1', 'y 0 2'], ['gone 2.sql:3']],
  ])('to %j are %j', (now, changes) => {
    const statements = now.map((text) => {
      const [digest, migration, line] = text.split(' ') as [string, string, string];
      return statement(digest, Number(migration), Number(line));
    });
    const found = getStatementChanges(history, statements, locked).map(({ is, place }) => `${is} ${place}`);
    expect(found).toEqual(changes);
  });
});

test('what a proof says of several tables is the least that it says of one', () => {
  const { tables } = createObservation(['a', 'b', 'c', 'd'], []);
  const proof = (standing: 'proven' | 'enlarged' | 'not-provable') => ({
    standing,
    statements: [],
    order: [],
  });
  const [a, b, c, d] = tables;
  const proven = {
    tables: [
      { ...a!, proof: proof('proven') },
      { ...b!, proof: proof('enlarged') },
      { ...c!, proof: proof('not-provable') },
      d!,
    ],
  };
  expect(getProofState(proven, ['public.a'])).toBe('proven');
  expect(getProofState(proven, ['public.a', 'public.b'])).toBe('enlarged');
  expect(getProofState(proven, ['public.a', 'public.c', 'public.b'])).toBe('not-provable');
  expect(getProofState(proven, ['public.a', 'public.d'])).toBe('none');
  expect(getProofState({ ...proven, isStandIn: true }, ['public.a'])).toBe('stale');
  expect(getProofState(null, [])).toBe('none');
});
