import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/model/observation.js';
import { createSlicer } from '../../src/slice/slice.js';
import { createRandom } from '../support/histories.js';
import { createRandomObservation } from '../support/observations.js';

const ROUNDS = Array.from({ length: 300 }, (_, seed) => seed);

function pickTables({ tables }: Observation, seed: number): string[] {
  const random = createRandom(seed * 31 + 1);
  const names = tables.map(({ schema, name }) => `${schema}.${name}`);
  return names.filter(() => random(3) === 0).concat(names[random(names.length)]!);
}

const union = <T>(a: Iterable<T>, b: Iterable<T>): Set<T> => new Set([...a, ...b]);

describe('for any observation', () => {
  it.each([
    ['alone', { alone: true, declared: [] as string[] }],
    ['with room for all tables', { alone: false, declared: [] as string[] }],
  ])('the slice of two requests together is the union of their slices: %s', (_name, how) => {
    for (const seed of ROUNDS) {
      const observation = createRandomObservation(seed);
      const slicer = createSlicer(observation);
      const [a, b] = [pickTables(observation, seed), pickTables(observation, seed + 1000)];
      const [of, ofB, both] = [a, b, [...a, ...b]].map((tables) => slicer.getSlice({ tables, ...how }));
      expect(new Set(both!.kept.keys())).toEqual(union(of!.kept.keys(), ofB!.kept.keys()));
      const needed = (ordinal: number): boolean => !both!.kept.has(ordinal);
      expect([...both!.idle].sort()).toEqual([...union(of!.idle, ofB!.idle)].filter(needed).sort());
    }
  });

  it('the same holds where the declared tables hold both requests', () => {
    for (const seed of ROUNDS) {
      const observation = createRandomObservation(seed);
      const slicer = createSlicer(observation);
      const [a, b] = [pickTables(observation, seed), pickTables(observation, seed + 1000)];
      const declared = [...a, ...b];
      const [of, ofB, both] = [a, b, declared].map((tables) =>
        slicer.getSlice({ tables, alone: false, declared }),
      );
      expect(new Set(both!.kept.keys())).toEqual(union(of!.kept.keys(), ofB!.kept.keys()));
    }
  });

  it('every kept statement has a reason whose chain starts at a wanted table', () => {
    for (const seed of ROUNDS) {
      const observation = createRandomObservation(seed);
      const tables = pickTables(observation, seed);
      const wanted = new Set(tables.map((name) => name.replace('public.', '')));
      const { kept } = createSlicer(observation).getSlice({ tables, alone: false, declared: [] });
      for (const [ordinal, { why, chain }] of kept) {
        if (why === 'always') expect(observation.statements[ordinal]!.effect.always).toBe(true);
        else expect({ seed, ordinal, why, start: wanted.has(chain[0]!) }).toMatchObject({ start: true });
      }
    }
  });

  it('kept statements are in the order of the history, and each is there for what it writes or who names it', () => {
    for (const seed of ROUNDS) {
      const observation = createRandomObservation(seed);
      const tables = pickTables(observation, seed);
      const { kept } = createSlicer(observation).getSlice({ tables, alone: true, declared: [] });
      const ordinals = [...kept.keys()];
      expect(ordinals).toEqual([...ordinals].sort((a, b) => a - b));
      for (const [ordinal, { why }] of kept) {
        const { effect } = observation.statements[ordinal]!;
        if (why === 'wanted') expect(effect.writes).not.toEqual([]);
        if (why === 'unobserved') expect(effect.failed).toBeDefined();
        expect(why).not.toBe('order');
      }
    }
  });

  it('a slice alone is part of one with room for others', () => {
    for (const seed of ROUNDS) {
      const observation = createRandomObservation(seed);
      const slicer = createSlicer(observation);
      const tables = pickTables(observation, seed);
      const roomy = slicer.getSlice({ tables, alone: false, declared: [] }).kept;
      const narrow = slicer.getSlice({ tables, alone: false, declared: tables }).kept;
      for (const ordinal of narrow.keys()) expect(roomy.has(ordinal)).toBe(true);
      for (const ordinal of slicer.getSlice({ tables, alone: true, declared: [] }).kept.keys()) {
        expect(narrow.has(ordinal)).toBe(true);
      }
    }
  });
});
