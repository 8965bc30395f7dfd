import { describe, expect, it } from 'vitest';
import type { ObjectRef, Observation } from '../../src/model/observation.js';
import { type Foundation, getFoundations } from '../../src/slice/foundations.js';
import { createGraph } from '../../src/slice/graph.js';
import { createSlicer } from '../../src/slice/slice.js';
import { createObservation, createRandomObservation } from '../support/observations.js';

function getAll(observation: Observation): ReadonlyMap<ObjectRef, readonly Foundation[]> {
  const tables = new Set(observation.tables.map(({ object }) => object));
  return getFoundations(createGraph(observation), tables);
}

describe('what a table stands on', () => {
  it('is named by the part that leads there, and by what lies between', () => {
    const observation = createObservation(
      ['orders', 'customers', { type: 'function', identity: 'public.keep()' }, 'changes'],
      [
        { writes: [1] },
        { writes: [3] },
        { writes: [2] },
        { writes: [0], needs: [1], conditional: [[0, 1, 'constraint orders_fk']] },
        { writes: [0], conditional: [[0, 2, 'trigger keep']] },
      ],
      { late: [[2, [3]]] },
    );
    expect(getAll(observation).get(0)).toEqual([
      { on: 1, via: ['constraint orders_fk'] },
      { on: 3, via: ['trigger keep', 'function keep()'] },
    ]);
    expect(getAll(observation).get(1)).toEqual([]);
  });

  it('leads, followed to the end, to the tables of its slice alone, for any observation', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = createRandomObservation(seed);
      // What is always kept, or was not observed, brings needs of its own, whatever is asked for.
      const observation = {
        ...random,
        statements: random.statements.filter(
          ({ effect }) => effect.always !== true && effect.failed === undefined,
        ),
      };
      const foundations = getAll(observation);
      for (const { schema, name, object } of observation.tables) {
        const reached = new Set([object]);
        for (const table of reached) for (const { on } of foundations.get(table)!) reached.add(on);
        const { objects } = createSlicer(observation).getSlice({
          tables: [`${schema}.${name}`],
          alone: true,
          declared: [],
        });
        expect(reached).toEqual(objects);
      }
    }
  });
});
