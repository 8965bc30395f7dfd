import {
  type ConditionalNeed,
  type Effect,
  OBSERVATION_FORMAT,
  type Observation,
  type ObservedObject,
  type ObservedStatement,
} from '../../src/model/observation.js';
import { createRandom } from './histories.js';

export interface EffectGiven extends Partial<Effect> {
  readonly kind?: string;
  readonly migration?: number;
  readonly digest?: string;
}

/** An observation by hand: each statement is what it writes, and what else was seen of it. */
export function createObservation(
  objects: readonly (string | ObservedObject)[],
  given: readonly EffectGiven[],
  rest: Partial<Pick<Observation, 'tables' | 'late'>> = {},
): Observation {
  const statements = given.map(
    ({ kind = 'CreateStmt', migration = 0, digest, ...effect }, ordinal): ObservedStatement => ({
      migration,
      kind,
      start: ordinal * 10,
      end: ordinal * 10 + 9,
      line: ordinal + 1,
      column: 1,
      digest: digest ?? `d${ordinal}`,
      effect: { writes: [], needs: [], conditional: [], parts: [], creates: [], ...effect },
    }),
  );
  const all = objects.map((object) =>
    typeof object === 'string' ? { type: 'table', identity: `public.${object}` } : object,
  );
  const tables = all.flatMap(({ type, identity }, object) => {
    const [schema = '', name = ''] = identity.split('.');
    return type === 'table' ? [{ schema, name: name.replaceAll('"', ''), object }] : [];
  });
  return {
    format: OBSERVATION_FORMAT,
    digest: 'history',
    statementsDigest: 'statements',
    historyFormat: 'plain',
    server: 180000,
    statements,
    objects: all,
    tables,
    late: [],
    facts: [],
    ...rest,
  };
}

/** Any observation: what statements write and need comes from a generator of numbers. */
export function createRandomObservation(seed: number): Observation {
  const random = createRandom(seed);
  const size = 4 + random(12);
  const pick = (most: number): number[] => [
    ...new Set(Array.from({ length: random(most + 1) }, () => random(size))),
  ];
  const given = Array.from({ length: 5 + random(40) }, (_, ordinal): EffectGiven => {
    const writes = pick(2);
    const conditional = writes.flatMap((object) =>
      pick(1).map((needs): ConditionalNeed => [object, needs, `constraint c${ordinal}`]),
    );
    const before = [...new Set(Array.from({ length: random(3) }, () => random(Math.max(1, ordinal))))];
    const chance = random(20);
    return {
      writes,
      needs: pick(1),
      conditional,
      creates: writes.slice(0, 1),
      before: before.filter((earlier) => earlier < ordinal),
      ...(chance === 0 ? { failed: { sqlstate: '42704', message: 'x' }, writes: [], conditional: [] } : {}),
      ...(chance === 1 ? { idle: true, writes: [], targets: pick(2) } : {}),
      ...(chance === 2 ? { always: true, writes: [], needs: [], conditional: [], before: [] } : {}),
      ...(chance === 3 ? { kind: 'CreateExtensionStmt', failed: { sqlstate: '0A000', message: 'x' } } : {}),
    };
  });
  const late = Array.from({ length: random(4) }, () => [random(size), pick(2)] as const);
  return createObservation(
    Array.from({ length: size }, (_, object) => `t${object}`),
    given,
    { late: [...new Map(late)] },
  );
}
