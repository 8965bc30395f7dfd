import type { CatalogueFacts, Fact, ObjectFacts } from '../model/fact.js';
import type { KeptObject, KeptPartitions, ObjectRef, Observation } from '../model/observation.js';
import { unpackFacts } from './kept-facts.js';
import { getInheritable, renderBounds } from './kept-objects.js';

/** What must be in a database. */
export interface Expectation {
  readonly facts: CatalogueFacts;
  /** Partitions that another day are others: compared where they are there. */
  readonly clocked: ReadonlySet<string>;
  /** Which observed object each belongs to, by its name in differences: `sequence public.orders_id_seq`. */
  readonly refs: ReadonlyMap<string, ObjectRef>;
  /** Identities of objects that are not compared, because a statement about them failed while the history was watched. */
  readonly unknown: readonly string[];
}

/** What a history leaves of the given objects, null for all, but for the partitions that are `unwanted`. */
export function getExpectation(
  observation: Observation,
  objects: ReadonlySet<ObjectRef> | null,
  unwanted: ReadonlySet<string> = new Set(),
): Expectation {
  const unknown = new Set(
    observation.statements.flatMap(({ effect }) => (effect.failed === undefined ? [] : effect.needs)),
  );
  const wanted = observation.facts.filter(({ of }) => objects === null || objects.has(of));
  const kept = wanted.filter(({ of }) => !unknown.has(of));
  const groups = kept.flatMap(({ partitions }) => partitions ?? []).filter(({ clock }) => clock === true);
  const isWanted = ({ identity, parent }: ObjectFacts): boolean =>
    parent === undefined || !(unwanted.has(identity) || unwanted.has(parent));
  const objectsOf = kept.map(
    (object) => [object.of, unpackObject(object, observation).filter(isWanted)] as const,
  );
  return {
    facts: {
      server: observation.server,
      reader: '',
      objects: objectsOf.flatMap(([, own]) => own),
    },
    refs: new Map(
      objectsOf.flatMap(([of, own]) => own.map(({ type, identity }) => [`${type} ${identity}`, of] as const)),
    ),
    clocked: new Set(groups.flatMap(({ tables }) => tables.map(([identity]) => identity))),
    unknown: [
      ...new Set(
        wanted.filter(({ of }) => unknown.has(of)).map(({ of }) => observation.objects[of]!.identity),
      ),
    ],
  };
}

function unpackObject(kept: KeptObject, { objects }: Observation): readonly ObjectFacts[] {
  const { type, identity } = objects[kept.of]!;
  const object: ObjectFacts = {
    type: kept.type ?? type,
    identity: kept.identity ?? identity,
    ...(kept.owner === undefined ? {} : { owner: kept.owner }),
    facts: unpackFacts(kept.facts),
  };
  return [object, ...unpackPartitions(object, kept.partitions ?? [])];
}

// A group may stand before that of its parent.
function unpackPartitions(root: ObjectFacts, groups: readonly KeptPartitions[]): readonly ObjectFacts[] {
  const known = new Map([[root.identity, root]]);
  let left = groups;
  while (left.length > 0) {
    const ready = left.filter(({ parent }) => known.has(parent ?? root.identity));
    for (const group of ready) {
      for (const partition of unpackGroup(known.get(group.parent ?? root.identity)!, group)) {
        known.set(partition.identity, partition);
      }
    }
    if (ready.length === 0) break;
    left = left.filter((group) => !ready.includes(group));
  }
  known.delete(root.identity);
  return [...known.values()];
}

function unpackGroup(
  parent: ObjectFacts,
  { type = 'table', owner, facts = {}, lack = [], tables }: KeptPartitions,
): readonly ObjectFacts[] {
  const own = unpackFacts(facts);
  const without = new Set([...lack, ...own].map(([kind, name]) => `${kind} ${name}`));
  const inherited = getInheritable(parent.facts).filter(([kind, name]) => !without.has(`${kind} ${name}`));
  return tables.map(([identity, bounds]) => {
    const bound: Fact = ['partition', '', renderBounds(bounds)];
    return {
      type,
      identity,
      ...(owner === undefined ? {} : { owner }),
      parent: parent.identity,
      facts: [bound, ...inherited, ...own],
    };
  });
}
