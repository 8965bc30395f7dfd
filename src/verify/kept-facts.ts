import { type Fact, type FactKind, OF_COLUMNS } from '../model/fact.js';
import type { KeptFacts } from '../model/observation.js';
import { getKeptText } from './long-text.js';

const NOT_NULL = 'NOT NULL';

/** Facts by their kind, as an observation keeps them. */
export function packFacts(facts: readonly Fact[]): KeptFacts {
  const columns = new Map<string, string[]>();
  const kept = new Map<FactKind, (readonly string[])[]>();
  const add = (kind: FactKind, entry: readonly string[]): void => {
    const list = kept.get(kind) ?? [];
    kept.set(kind, list);
    list.push(entry);
  };
  for (const [kind, name, text] of facts) {
    if (kind !== 'column') continue;
    const entry = [name, text];
    columns.set(name, entry);
    add(kind, entry);
  }
  for (const [kind, name, given] of facts) {
    const text = getKeptText(kind, given);
    const column = isOfColumn(kind) ? columns.get(name) : undefined;
    if (kind === 'column') continue;
    if (column === undefined) add(kind, [name, text]);
    else if (kind === 'not null') column.splice(2, 0, NOT_NULL);
    else column.push(kind, text);
  }
  return Object.fromEntries([...kept].map(([kind, entries]) => [kind, simplify(kind, entries)]));
}

/** What `packFacts` packed. */
export function unpackFacts(kept: KeptFacts): readonly Fact[] {
  return Object.entries(kept).flatMap(([key, entries]): Fact[] => {
    const kind = key as FactKind;
    if (typeof entries === 'string') return [[kind, '', entries]];
    if (kind === 'column') return entries.flatMap(unpackColumn);
    return entries.map(([name = '', text = '']) => [kind, name, text]);
  });
}

function unpackColumn([name = '', type = '', ...rest]: readonly string[]): Fact[] {
  const facts: Fact[] = [['column', name, type]];
  const isNotNull = rest[0] === NOT_NULL;
  if (isNotNull) facts.push(['not null', name, NOT_NULL]);
  for (let at = isNotNull ? 1 : 0; at + 1 < rest.length; at += 2) {
    facts.push([rest[at] as FactKind, name, rest[at + 1]!]);
  }
  return facts;
}

function simplify(
  kind: FactKind,
  entries: readonly (readonly string[])[],
): string | readonly (readonly string[])[] {
  const [first] = entries;
  return kind !== 'column' && entries.length === 1 && first![0] === '' ? first![1]! : entries;
}

/** True for what hangs on a column. */
export function isOfColumn(kind: FactKind): boolean {
  return (OF_COLUMNS as readonly FactKind[]).includes(kind);
}
