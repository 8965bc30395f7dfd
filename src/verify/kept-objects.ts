import type { CatalogueFacts, Fact, FactKind, ObjectFacts } from '../model/fact.js';
import type { KeptObject, KeptPartitions, ObjectRef, ObservedObject } from '../model/observation.js';
import { isOfColumn, packFacts } from './kept-facts.js';

/** What is known of the objects whose facts are kept. */
export interface KeepContext {
  readonly objects: readonly ObservedObject[];
  /** Identities of partitions that code made which asks what time it is. */
  readonly clocked: ReadonlySet<string>;
}

/**
 * Facts as an observation keeps them: each under the observed object that it belongs to, partitions as what they have
 * otherwise than their parent. What belongs to no observed object is left out.
 */
export function packObjects(facts: CatalogueFacts, { objects, clocked }: KeepContext): readonly KeptObject[] {
  const refs = new Map<string, ObjectRef>();
  for (const [ref, { type, identity, gone, environment }] of objects.entries()) {
    if (gone !== true && environment !== true) refs.set(`${type} ${identity}`, ref);
  }
  const relations = new Map(facts.objects.filter(isTable).map((object) => [object.identity, object]));
  const partitions = getPartitions(facts.objects, relations, clocked);
  return facts.objects.flatMap((object): KeptObject[] => {
    const { type, identity, owner, parent } = object;
    if (parent !== undefined) return [];
    const table = getOwningTable(object, relations);
    const of = refs.get(table === null ? `${type} ${identity}` : `${table.type} ${table.identity}`);
    if (of === undefined) return [];
    const groups = partitions.get(identity);
    return [
      {
        of,
        ...(table === null ? {} : { type, identity }),
        ...(owner === undefined ? {} : { owner }),
        facts: packFacts(object.facts),
        ...(groups === undefined ? {} : { partitions: groups }),
      },
    ];
  });
}

const isTable = ({ type }: ObjectFacts): boolean => type === 'table' || type === 'foreign table';

type Relations = ReadonlyMap<string, ObjectFacts>;

/** The table of a column that owns a sequence, or the one that it is a partition of; null for what stands by itself. */
function getOwningTable(object: ObjectFacts, relations: Relations): ObjectFacts | null {
  const [, , column] = object.facts.find(([kind]) => kind === 'owned by') ?? [];
  const table = column?.replace(/\.(?:"(?:[^"]|"")*"|[^".]+)$/, '');
  const found = table === undefined ? undefined : relations.get(table);
  return found === undefined ? null : getRoot(found, relations);
}

function getRoot(table: ObjectFacts, relations: Relations): ObjectFacts {
  const parent = table.parent === undefined ? undefined : relations.get(table.parent);
  return parent === undefined ? table : getRoot(parent, relations);
}

function getPartitions(
  objects: readonly ObjectFacts[],
  relations: Relations,
  clocked: ReadonlySet<string>,
): ReadonlyMap<string, readonly KeptPartitions[]> {
  const byRoot = new Map<
    string,
    Map<string, { head: Omit<KeptPartitions, 'tables'>; tables: [string, string][] }>
  >();
  for (const object of objects) {
    const parent = object.parent === undefined ? undefined : relations.get(object.parent);
    if (parent === undefined) continue;
    const root = getRoot(parent, relations).identity;
    const groups = byRoot.get(root) ?? new Map();
    byRoot.set(root, groups);
    const head = getHead(object, parent, parent.identity === root, clocked);
    const key = JSON.stringify(head);
    const group = groups.get(key) ?? { head, tables: [] };
    groups.set(key, group);
    group.tables.push([object.identity, getBounds(object)]);
  }
  return new Map(
    [...byRoot].map(([root, groups]) => [
      root,
      [...groups.values()].map(({ head, tables }) => ({ ...head, tables })),
    ]),
  );
}

function getHead(
  object: ObjectFacts,
  parent: ObjectFacts,
  isTop: boolean,
  clocked: ReadonlySet<string>,
): Omit<KeptPartitions, 'tables'> {
  const has = new Map(object.facts.map((fact) => [`${fact[0]} ${fact[1]}`, fact[2]]));
  const inherited = new Map(getInheritable(parent.facts).map((fact) => [`${fact[0]} ${fact[1]}`, fact[2]]));
  const own = object.facts.filter(
    ([kind, name, text]) => kind !== 'partition' && inherited.get(`${kind} ${name}`) !== text,
  );
  const lack = getInheritable(parent.facts).filter(([kind, name]) => !has.has(`${kind} ${name}`));
  return {
    ...(isTop ? {} : { parent: parent.identity }),
    ...(object.type === 'table' ? {} : { type: object.type }),
    ...(object.owner === undefined ? {} : { owner: object.owner }),
    ...(clocked.has(object.identity) ? { clock: true } : {}),
    ...(own.length === 0 ? {} : { facts: packFacts(own) }),
    ...(lack.length === 0 ? {} : { lack: lack.map(([kind, name]) => [kind, name] as const) }),
  };
}

/** What a partition has because its parent has it. */
export function getInheritable(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter(([kind]) => isInheritable(kind));
}

function isInheritable(kind: FactKind): boolean {
  return (
    kind === 'column' || kind === 'constraint' || kind === 'index' || kind === 'trigger' || isOfColumn(kind)
  );
}

const BOUNDS = 'FOR VALUES ';

function getBounds({ facts }: ObjectFacts): string {
  const [, , text = ''] = facts.find(([kind]) => kind === 'partition') ?? [];
  return text.startsWith(BOUNDS) ? text.slice(BOUNDS.length) : text;
}

/** The bounds as the catalogue has them. */
export function renderBounds(bounds: string): string {
  return bounds === 'DEFAULT' ? bounds : `${BOUNDS}${bounds}`;
}
