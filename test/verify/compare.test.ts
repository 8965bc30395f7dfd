import { describe, expect, test } from 'vitest';
import type { CatalogueFacts, Fact, ObjectFacts } from '../../src/model/fact.js';
import { compareFacts, withGivenOwners } from '../../src/verify/compare.js';

function createFacts(server: number, objects: readonly Partial<ObjectFacts>[]): CatalogueFacts {
  const whole = objects.map((object) => ({ type: 'table', identity: 'public.t', facts: [], ...object }));
  return { server, reader: 'postgres', objects: whole };
}

function compare(expected: readonly Fact[], found: readonly Fact[], servers = [180_000, 180_000]) {
  return compareFacts(
    createFacts(servers[0]!, [{ facts: expected }]),
    createFacts(servers[1]!, [{ facts: found, owner: 'app' }]),
  );
}

describe('rights', () => {
  test('the right MAINTAIN, which PostgreSQL 17 brought, counts only where both have it', () => {
    const all: Fact = ['grant', 'clerk', 'DELETE, MAINTAIN, SELECT'];
    const old: Fact = ['grant', 'clerk', 'DELETE, SELECT'];
    expect(compare([all], [old], [180_000, 150_000])).toEqual([]);
    expect(compare([old], [all], [160_000, 170_000])).toEqual([]);
    expect(compare([['grant', 'clerk', 'MAINTAIN']], [], [180_000, 160_000])).toEqual([]);
    expect(compare([all], [old], [180_000, 170_000])).toHaveLength(1);
  });

  test('of the role that owns the object are not asked for', () => {
    expect(compare([['grant', 'app', 'SELECT']], [])).toEqual([]);
  });

  test('of roles that the expectation names not are not told, but those of everybody are', () => {
    expect(compare([], [['grant', 'visitor', 'SELECT']])).toEqual([]);
    expect(compare([], [['grant', 'PUBLIC on column id', 'SELECT']])).toHaveLength(1);
  });
});

describe('identity columns', () => {
  const compareParts = (servers: readonly [number, number], parent?: string) => {
    const part = parent === undefined ? {} : { parent };
    const facts: Fact[] = [['column', 'id', 'bigint']];
    const identity: Fact = ['identity', 'id', 'ALWAYS'];
    return compareFacts(
      createFacts(servers[0], [{ ...part, facts: [...facts, identity] }]),
      createFacts(servers[1], [{ ...part, facts }]),
    );
  };

  test('are handed down to partitions from PostgreSQL 17 on', () => {
    expect(compareParts([180_000, 160_000], 'public.p')).toEqual([]);
    expect(compareParts([180_000, 170_000], 'public.p')).toHaveLength(1);
    expect(compareParts([180_000, 160_000])).toHaveLength(1);
  });
});

describe('constants with a time zone', () => {
  const at = (text: string): Fact => ['partition', '', `FOR VALUES FROM ('${text}') TO (MAXVALUE)`];

  test('are the same at the same local time, which the same statement makes on servers of two time zones', () => {
    expect(compare([at('2030-01-01 00:00:00+00')], [at('2030-01-01 00:00:00+01')])).toEqual([]);
  });

  test('are the same at the same instant, which shows in another time zone', () => {
    expect(compare([at('2030-01-01 00:00:00+00')], [at('2030-01-01 05:30:00+05:30')])).toEqual([]);
  });

  test('differ otherwise', () => {
    expect(compare([at('2030-01-01 00:00:00+00')], [at('2030-01-02 00:00:00+00')])).toHaveLength(1);
  });
});

describe('columns', () => {
  test('what hangs on a column that is not there is not told beside it', () => {
    const facts: Fact[] = [
      ['column', 'id', 'integer'],
      ['not null', 'id', 'NOT NULL'],
      ['default', 'id', '1'],
    ];
    expect(compare(facts, []).map(({ kind }) => kind)).toEqual(['column']);
    expect(compare([], facts).map(({ kind }) => kind)).toEqual(['column']);
  });

  test('their order is told of those that both have', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name): Fact => ['column', name, 'text']) as [Fact, Fact, Fact];
    expect(compare([a, b, c], [c, a, b])).toEqual([
      { object: 'table public.t', kind: 'column order', name: '', expected: 'a, b, c', found: 'c, a, b' },
    ]);
    expect(compare([a, b, c], [a, c]).map(({ kind }) => kind)).toEqual(['column']);
  });
});

describe('extensions', () => {
  const createWith = (
    schema: string,
    type: string,
    text = `(${schema}.similarity(a, 'x'::text))`,
  ): CatalogueFacts =>
    createFacts(180_000, [
      { type: 'extension', identity: 'citext', facts: [['schema', '', schema]] },
      {
        facts: [
          ['column', 'a', type],
          ['index', 'i', text],
        ],
      },
    ]);

  test('may be in another schema where they were there before', () => {
    expect(
      compareFacts(createWith('public', 'public.citext'), createWith('extensions', 'extensions.citext')),
    ).toEqual([]);
    expect(compareFacts(createWith('public', 'public.citext'), createWith('"My"', '"My".citext'))).toEqual(
      [],
    );
  });

  test('so that nothing else is taken for the same', () => {
    const moved = createWith('extensions', 'extensions.hstore', '(my_extensions.similarity(a))');
    expect(compareFacts(createWith('public', 'public.citext'), moved).map(({ kind }) => kind)).toEqual([
      'column',
      'index',
    ]);
    expect(
      compareFacts(createWith('public', 'public.citext'), createWith('public', 'other.citext')),
    ).toHaveLength(1);
  });
});

describe('owners', () => {
  test('matter where somebody gave the object to a role', () => {
    const [mine, given] = withGivenOwners(
      createFacts(180_000, [{ owner: 'postgres' }, { owner: 'app' }]),
    ).objects;
    expect([mine!.owner, given!.owner]).toEqual([undefined, 'app']);
  });
});
