import { describe, expect, test } from 'vitest';
import { getGaps } from '../../scripts/bench/lock-watch.js';
import { getLastWords } from '../../scripts/bench/processes.js';
import { race } from '../../scripts/bench/race.js';
import { getMedian, getPercentile, getRatio, getSpread } from '../../scripts/bench/statistics.js';
import { getTurns } from '../../scripts/bench/turns.js';

describe('rounds', () => {
  test('begin with another one each time, and everybody is in each', () => {
    const all = ['a', 'b', 'c'];
    const rounds = [0, 1, 2, 3].map((round) => getTurns(all, round));
    expect(rounds.map(([first]) => first)).toEqual(['a', 'b', 'c', 'a']);
    for (const round of rounds) expect([...round].sort()).toEqual(all);
    expect(getTurns([], 4)).toEqual([]);
  });

  test('take place in turns, after one to warm up whose values do not count', async () => {
    const said: string[] = [];
    let count = 0;
    const create = (name: string) => ({
      name,
      role: 'peer' as const,
      async take() {
        said.push(name);
        count += 1;
        return count;
      },
    });
    const entries = await race([create('a'), create('b')], { least: 2, most: 2 });
    expect(said.join('')).toBe('abbaab');
    expect(entries.map(({ values }) => values)).toEqual([
      [4, 5],
      [3, 6],
    ]);
  });

  test('go on without the one that failed, whose figures are gone and whose reason is told', async () => {
    let left = 2;
    const failing = {
      name: 'failing',
      role: 'peer' as const,
      async take() {
        left -= 1;
        if (left === 0) throw new Error('it left 3 tables');
        return 1;
      },
    };
    const steady = { name: 'steady', role: 'plinth' as const, take: async () => 2 };
    expect(await race([failing, steady], { least: 3, most: 3 })).toEqual([
      { name: 'failing', role: 'peer', values: [], failure: 'it left 3 tables' },
      { name: 'steady', role: 'plinth', values: [2, 2, 2] },
    ]);
  });
});

describe('rounds that are not many enough', () => {
  const create = (name: string, role: 'plinth' | 'peer', values: readonly number[]) => {
    let at = 0;
    return { name, role, take: async () => values[at++ % values.length]! };
  };
  const count = async (...values: readonly number[]): Promise<number> => {
    const all = [create('plinth', 'plinth', values), create('goose', 'peer', [1])];
    return (await race(all, { least: 3, most: 40 }))[0]!.values.length;
  };

  test('go on until there is a confidence interval', async () => {
    expect(await count(5)).toBe(6);
  });

  test('go on the longer the more the values differ, and not for ever', async () => {
    expect(await count(5, 5, 6)).toBeGreaterThan(6);
    expect(await count(1, 2)).toBe(40);
  });

  test('do not go on for one who failed, or is alone', async () => {
    const failing = { name: 'goose', role: 'peer' as const, take: () => Promise.reject(new Error('no')) };
    const entries = await race([create('plinth', 'plinth', [1, 2]), failing], { least: 3, most: 40 });
    expect(entries.map(({ values }) => values.length)).toEqual([3, 0]);
  });
});

describe('figures', () => {
  test('are medians, of an even number the mean of the middle', () => {
    expect(getMedian([9, 1, 5])).toBe(5);
    expect(getMedian([9, 1, 5, 6])).toBe(5.5);
    expect(getMedian([])).toBeNaN();
  });

  test('are percentiles by nearest rank', () => {
    const values = Array.from({ length: 20 }, (_, at) => at + 1);
    expect(getPercentile(values, 0.95)).toBe(19);
    expect(getPercentile([7], 0.95)).toBe(7);
  });

  // The ranks are those of https://en.wikipedia.org/wiki/Median#Confidence_intervals and of any table of the sign test.
  test.each([
    [5, Number.POSITIVE_INFINITY],
    [6, 6],
    [9, 8 / 2],
    [15, 12 / 4],
    [20, 15 / 6],
  ])('have a confidence interval, of %i values with the quotient %d', (length, quotient) => {
    expect(getSpread(Array.from({ length }, (_, at) => length - at))).toBe(quotient);
  });

  test('are ratios of rounds, so that a slow round makes neither slower', () => {
    expect(getRatio([10, 100, 10], [5, 50, 5])).toBe(2);
  });
});

test('the gaps of a hand-over are from the last look at one to the first at the next', () => {
  const seen = [
    { at: 0, holder: 1 },
    { at: 2, holder: 1 },
    { at: 3, holder: null },
    { at: 5, holder: 2 },
    { at: 6, holder: 3 },
    { at: 9, holder: null },
  ];
  expect(getGaps(seen)).toEqual([3, 1]);
  expect(getGaps([])).toEqual([]);
});

test('what a program said last is its first line of an error, without the folders of this machine', () => {
  const said = 'begins\nError: at lock (file:///home/me/cache/a-1.0/index.js:3:4) of 1/2\n    at more\n';
  expect(getLastWords(said)).toBe('Error: at lock (index.js:3:4) of 1/2');
  expect(getLastWords('one\ntwo\n')).toBe('two');
  expect(getLastWords('')).toBe('');
});
