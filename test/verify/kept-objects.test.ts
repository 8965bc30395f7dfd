import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogueFacts, Fact, ObjectFacts } from '../../src/model/fact.js';
import type { ObservedObject } from '../../src/model/observation.js';
import { readFacts } from '../../src/postgres/catalogue-facts.js';
import { compareFacts, withGivenOwners } from '../../src/verify/compare.js';
import { getExpectation } from '../../src/verify/expected.js';
import { packObjects } from '../../src/verify/kept-objects.js';
import { createObservation } from '../support/observations.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { EXAMPLE } from './example.js';

const EVENTS: ObjectFacts = {
  type: 'table',
  identity: 'public.events',
  facts: [
    ['partition key', '', 'RANGE (at)'],
    ['column', 'at', 'date'],
    ['not null', 'at', 'NOT NULL'],
    ['column', 'kind', 'text'],
    ['default', 'kind', "'x'::text"],
    ['index', 'by_kind', '(kind)'],
    ['grant', 'clerk', 'SELECT'],
  ],
};

function createPartition(month: number, facts = EVENTS.facts.slice(1, -1)): ObjectFacts {
  const bounds: Fact = ['partition', '', `FOR VALUES FROM ('2030-${month}-01') TO ('2030-${month + 1}-01')`];
  return {
    type: 'table',
    identity: `public.events_${month}`,
    parent: 'public.events',
    facts: [bounds, ...facts],
  };
}

function pack(objects: readonly ObjectFacts[], observed: readonly ObservedObject[], clocked: string[] = []) {
  const facts = { server: 180_000, reader: 'postgres', objects };
  return packObjects(facts, { objects: observed, clocked: new Set(clocked) });
}

const OBSERVED: readonly ObservedObject[] = [{ type: 'table', identity: 'public.events' }];

describe('partitions', () => {
  test('that are as their parent cost a name and bounds each', () => {
    const months = [1, 2, 3].map((month) => createPartition(month));
    expect(pack([EVENTS, ...months], OBSERVED)[0]!.partitions).toEqual([
      {
        tables: [1, 2, 3].map((month) => [
          `public.events_${month}`,
          `FROM ('2030-${month}-01') TO ('2030-${month + 1}-01')`,
        ]),
      },
    ]);
  });

  test('that differ are kept with what differs, and those that code made by the clock are marked', () => {
    const other = createPartition(2, [...EVENTS.facts.slice(1, 5), ['grant', 'clerk', 'SELECT']]);
    const [kept] = pack([EVENTS, createPartition(1), other, createPartition(3)], OBSERVED, [
      'public.events_3',
    ]);
    expect(kept!.partitions).toMatchObject([
      { tables: [['public.events_1', expect.anything()]] },
      { facts: { grant: [['clerk', 'SELECT']] }, lack: [['index', 'by_kind']] },
      { clock: true, tables: [['public.events_3', expect.anything()]] },
    ]);
  });
});

describe('an expectation', () => {
  const observation = {
    ...createObservation(
      ['events', 'orders', { type: 'function', identity: 'public.f()' }],
      [
        { writes: [0] },
        { writes: [1] },
        { writes: [2] },
        { failed: { sqlstate: '0A000', message: '' }, needs: [1] },
      ],
    ),
    facts: [0, 1, 2].map((of) => ({ of, facts: {} })),
  };
  const getNames = (objects: ReadonlySet<number> | null): string[] =>
    getExpectation(observation, objects).facts.objects.map(({ identity }) => identity);

  test('is about the objects of a slice, or about all', () => {
    expect(getNames(new Set([2]))).toEqual(['public.f()']);
    expect(getNames(null)).toEqual(['public.events', 'public.f()']);
  });

  test('leaves out what a statement is about that could not be watched, and names it', () => {
    expect(getExpectation(observation, new Set([0, 1])).unknown).toEqual(['public.orders']);
  });
});

describe('the facts of a whole database', () => {
  let server: TestServer;
  let facts: CatalogueFacts;
  beforeAll(async () => {
    server = await startTestServer();
    const session = await server.open(await server.createDatabase());
    await session.execute(`create role clerk; create role visitor; ${EXAMPLE}
      create table shop.deep (a int, b int, c serial, primary key (a, b)) partition by list (a);
      create table shop.deep_1 partition of shop.deep for values in (1) partition by range (b);
      create table shop.deep_1_1 partition of shop.deep_1 (c default 7) for values from (1) to (2);
      create table shop.deep_rest partition of shop.deep default;
      comment on table shop.deep_1_1 is 'the deepest'`);
    facts = withGivenOwners(await readFacts(session, { butSchema: 'plinth' }));
    await session.close();
  });
  afterAll(() => server?.stop());

  test('are the same after they were kept and unpacked', () => {
    const observed = facts.objects.filter(({ parent }) => parent === undefined);
    const observation = {
      ...createObservation(
        observed.map(({ type, identity }) => ({ type, identity })),
        [],
      ),
      facts: packObjects(facts, { objects: observed, clocked: new Set() }),
    };
    const { objects } = getExpectation(observation, null).facts;
    const sort = (list: readonly ObjectFacts[]) =>
      list
        .map(({ facts: own, ...head }) => ({ ...head, facts: [...own].map((fact) => fact.join(' ')).sort() }))
        .sort((a, b) => (a.identity < b.identity ? -1 : 1));
    expect(sort(objects)).toEqual(sort(facts.objects));
    expect(compareFacts({ ...facts, objects }, facts)).toEqual([]);
  });
});
