import type { ObjectRef, Observation } from '../model/observation.js';
import { getExpectation } from '../verify/expected.js';
import type { Problem } from './trial.js';

/** What the rules look at. */
export interface Failing {
  readonly observation: Observation;
  /** The slice that does not do: on a database of its own, and with room for later requests. */
  readonly kept: ReadonlySet<number>;
  readonly roomy: ReadonlySet<number>;
  readonly problems: readonly Problem[];
}

/** The rules by which a slice is enlarged, in the order in which they are tried. */
export const RULES = ['writers', 'touched', 'order', 'neighbours', 'earlier', 'all'] as const;
export type Rule = (typeof RULES)[number];

/** The statements that a rule adds to a slice; none where it has nothing to say. */
export function getAdded(rule: Rule, failing: Failing): readonly number[] {
  const { observation, kept } = failing;
  const added = RULE_STATEMENTS[rule](failing);
  return [...new Set(added)]
    .filter((ordinal) => !kept.has(ordinal) && observation.statements[ordinal]!.effect.failed === undefined)
    .sort((a, b) => a - b);
}

const RULE_STATEMENTS: Readonly<Record<Rule, (failing: Failing) => readonly number[]>> = {
  // Whatever wrote what came out otherwise, or what the failed statement wrote, too.
  writers: ({ observation, problems }) => getWriters(observation, getConcerned(observation, problems)),
  // A loop over the catalogue does what it does to whatever it finds: all that it touched must be there.
  touched: ({ observation, kept }) =>
    getWriters(
      observation,
      getWritten(
        observation,
        [...kept].filter((ordinal) => isCode(observation, ordinal)),
      ),
    ),
  // What later requests would need.
  order: ({ roomy }) => [...roomy],
  // Whatever wrote anything that a kept statement wrote.
  neighbours: ({ observation, kept }) => getWriters(observation, getWritten(observation, [...kept])),
  earlier: ({ kept }) => Array.from({ length: Math.max(...kept) }, (_, ordinal) => ordinal),
  all: ({ observation }) => [...observation.statements.keys()],
};

function isCode({ statements }: Observation, ordinal: number): boolean {
  return ['DoStmt', 'SelectStmt', 'CallStmt'].includes(statements[ordinal]!.kind);
}

function getConcerned(observation: Observation, problems: readonly Problem[]): ReadonlySet<ObjectRef> {
  const { refs } = getExpectation(observation, null);
  const concerned = new Set<ObjectRef>();
  for (const problem of problems) {
    if (problem.is === 'different' || problem.is === 'rows') {
      const ref = refs.get(problem.object);
      if (ref !== undefined) concerned.add(ref);
    } else if (problem.ordinal !== null) {
      const { writes, needs } = observation.statements[problem.ordinal]!.effect;
      for (const object of [...writes, ...needs]) concerned.add(object);
    }
  }
  return concerned;
}

function getWritten({ statements }: Observation, ordinals: readonly number[]): ReadonlySet<ObjectRef> {
  return new Set(ordinals.flatMap((ordinal) => statements[ordinal]!.effect.writes));
}

function getWriters({ statements }: Observation, objects: ReadonlySet<ObjectRef>): readonly number[] {
  return [...statements.keys()].filter((ordinal) => {
    const { writes, idle, targets = [] } = statements[ordinal]!.effect;
    return [...writes, ...(idle === true ? targets : [])].some((object) => objects.has(object));
  });
}
