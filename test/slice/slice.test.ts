import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/model/observation.js';
import { createSlicer, type SliceRequest } from '../../src/slice/slice.js';
import { createObservation } from '../support/observations.js';

function getLines(
  observation: Observation,
  tables: readonly string[],
  request: Partial<SliceRequest> = {},
): string[] {
  const { kept } = createSlicer(observation).getSlice({ tables, alone: false, declared: [], ...request });
  return [...kept].map(([ordinal, { why, chain }]) => `${ordinal} ${why}: ${chain.join(' ← ')}`);
}

const FUNCTION = { type: 'function', identity: 'public.set_date()' };
const SCHEMA = { type: 'schema', identity: 'app' };

describe('a slice', () => {
  it('leads from the table by its parts to what they stand on', () => {
    const observation = createObservation(
      ['audit', FUNCTION, 'helper'],
      [
        { writes: [1], creates: [1] },
        { writes: [0], creates: [0] },
        { writes: [0], conditional: [[0, 1, 'trigger trg']], parts: [[0, 'trigger trg']] },
        { writes: [2], creates: [2] },
      ],
      { late: [[1, [2]]] },
    );
    expect(getLines(observation, ['audit'])).toEqual([
      '0 wanted: audit ← trigger trg ← function set_date()',
      '1 wanted: audit',
      '2 wanted: audit ← trigger trg',
      '3 wanted: audit ← trigger trg ← function set_date() ← helper',
    ]);
  });

  it('does not hold what else a kept statement wrote', () => {
    const observation = createObservation(
      ['a', 'b'],
      [
        { writes: [0, 1], creates: [0, 1] },
        { writes: [1] },
        { writes: [0], conditional: [[1, 0, 'constraint c']] },
      ],
    );
    expect(getLines(observation, ['a'])).toEqual(['0 wanted: a', '2 wanted: a']);
  });

  it('holds settings and default rights, with what they need', () => {
    const observation = createObservation(
      ['a', SCHEMA],
      [
        { always: true, session: true },
        { writes: [1], creates: [1] },
        { always: true, needs: [1] },
        { writes: [0] },
      ],
    );
    expect(getLines(observation, ['a'])).toEqual([
      '0 always: ',
      '1 wanted: schema app',
      '2 always: ',
      '3 wanted: a',
    ]);
  });

  it('holds no idle statement, but tells those about needed tables', () => {
    const observation = createObservation(
      ['a', 'b'],
      [{ writes: [0] }, { idle: true, targets: [0] }, { idle: true, targets: [1] }, { idle: true }],
    );
    const slicer = createSlicer(observation);
    const request = { tables: ['a'], alone: true, declared: [] };
    expect([...slicer.getSlice(request).idle]).toEqual([1]);
    const live = slicer.getSlice({ ...request, live: [1] });
    expect([...live.kept.keys()]).toEqual([0, 1]);
    expect(live.kept.get(1)).toEqual({ why: 'live', chain: [] });
    expect([...live.idle]).toEqual([]);
  });
});

describe('rule order-free', () => {
  const observation = createObservation(
    ['a', 'b', 'c'],
    [
      { writes: [0], creates: [0] },
      { writes: [1], creates: [1] },
      { writes: [2], creates: [2] },
      { writes: [1], needs: [0] },
      { writes: [0], before: [3] },
      { writes: [1] },
    ],
  );

  it('brings along the earlier statements that some table needs, with all that they write', () => {
    expect(getLines(observation, ['a'])).toEqual([
      '0 wanted: a',
      '1 wanted: a ← b',
      '3 order: a',
      '4 wanted: a',
      '5 wanted: a ← b',
    ]);
  });

  it('is left out for a database of its own', () => {
    expect(getLines(observation, ['a'], { alone: true })).toEqual(['0 wanted: a', '4 wanted: a']);
  });

  it('counts only what the declared tables and the wanted ones need', () => {
    expect(getLines(observation, ['a'], { declared: ['c'] })).toEqual(['0 wanted: a', '4 wanted: a']);
    expect(getLines(observation, ['a'], { declared: ['b', 'c'] })).toHaveLength(5);
    expect(getLines(observation, ['a', 'b'], { declared: ['c'] })).toHaveLength(5);
    expect(() => getLines(observation, ['a'], { declared: ['nope'] })).toThrow(/no table or view nope/);
  });
});

describe('statements that could not be observed', () => {
  const failed = { sqlstate: '42704', message: 'no type vector' };

  it('are kept where they name a needed object, with the extensions that failed before', () => {
    const observation = createObservation(
      ['a', 'b', SCHEMA],
      [
        { failed, kind: 'CreateExtensionStmt' },
        { writes: [0] },
        { writes: [1] },
        { failed, needs: [0, 2] },
        { failed, needs: [2] },
        { failed, needs: [1] },
        { failed, kind: 'CreateExtensionStmt' },
      ],
    );
    expect(getLines(observation, ['a'])).toEqual(['0 unobserved: a', '1 wanted: a', '3 unobserved: a']);
  });

  it('bring along what they name, and what else failed about that', () => {
    const observation = createObservation(
      ['a', 'b', 'c'],
      [
        { writes: [0] },
        { writes: [1] },
        { failed, needs: [0, 1] },
        { failed, needs: [1, 2] },
        { writes: [2] },
      ],
    );
    expect(getLines(observation, ['a'])).toEqual([
      '0 wanted: a',
      '1 wanted: a ← b',
      '2 unobserved: a',
      '3 unobserved: a ← b',
      '4 wanted: a ← b ← c',
    ]);
  });

  it('name no table by a schema alone', () => {
    const observation = createObservation(
      ['a', SCHEMA],
      [
        { writes: [0], needs: [1] },
        { failed, needs: [1] },
      ],
    );
    expect(getLines(observation, ['a'])).toEqual(['0 wanted: a']);
  });
});
