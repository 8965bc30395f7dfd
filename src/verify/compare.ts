import type { CatalogueFacts, Difference, Fact, FactKind, ObjectFacts } from '../model/fact.js';
import { isOfColumn } from './kept-facts.js';
import { isKeptText } from './long-text.js';

// PostgreSQL 17 brought the right MAINTAIN, which GRANT ALL gives, too, and identity columns of partitioned tables.
// https://www.postgresql.org/docs/17/release-17.html
const SEVENTEEN = 170_000;

/**
 * How the objects that are found differ from those that are expected; others that are found do not matter, nor do
 * partitions beyond the expected ones, nor rights of roles that the expectation does not name.
 */
export function compareFacts(expected: CatalogueFacts, found: CatalogueFacts): readonly Difference[] {
  const byName = new Map(found.objects.map((object) => [getName(object), object]));
  const isNew = expected.server >= SEVENTEEN && found.server >= SEVENTEEN;
  const moved = getMovedExtensions(expected, byName);
  return expected.objects.flatMap((object) => {
    const other = byName.get(getName(object));
    return other === undefined
      ? [createMissing(object, found)]
      : compareObject(object, other, { isNew, moved });
  });
}

/** Facts without the owners that only follow from who read them: those that are left, somebody gave. */
export function withGivenOwners(facts: CatalogueFacts): CatalogueFacts {
  const objects = facts.objects.map(({ owner, ...object }) =>
    owner === undefined || owner === facts.reader ? object : { ...object, owner },
  );
  return { ...facts, objects };
}

const getName = ({ type, identity }: ObjectFacts): string => `${type} ${identity}`;

function createMissing(object: ObjectFacts, found: CatalogueFacts): Difference {
  const other = found.objects.find(({ identity }) => identity === object.identity);
  return {
    object: getName(object),
    kind: 'missing',
    name: '',
    expected: object.type,
    found: other?.type ?? null,
  };
}

interface Between {
  /** Both are PostgreSQL 17 or newer. */
  readonly isNew: boolean;
  /** Schemas of extensions, as found and as expected, where they are others. */
  readonly moved: readonly (readonly [found: string, expected: string])[];
}

/** An extension that was there already may be in another schema than the one that the history would choose. */
function getMovedExtensions(
  expected: CatalogueFacts,
  found: ReadonlyMap<string, ObjectFacts>,
): Between['moved'] {
  const getSchema = (object: ObjectFacts | undefined): string | undefined =>
    object?.facts.find(([kind]) => kind === 'schema')?.[2];
  return expected.objects.flatMap((object) => {
    const [wanted, there] = [getSchema(object), getSchema(found.get(getName(object)))];
    return wanted === undefined || there === undefined || wanted === there ? [] : [[there, wanted] as const];
  });
}

function compareObject(expected: ObjectFacts, found: ObjectFacts, { isNew, moved }: Between): Difference[] {
  const object = getName(expected);
  const differences: Difference[] = [];
  if (expected.owner !== undefined && found.owner !== expected.owner) {
    differences.push({
      object,
      kind: 'owner',
      name: '',
      expected: expected.owner,
      found: found.owner ?? null,
    });
  }
  if (expected.parent !== found.parent) {
    // Names of its indexes and constraints follow from that: told once.
    const [wanted, there] = [expected, found].map(({ parent }) =>
      parent === undefined ? null : `of ${parent}`,
    );
    return [{ object, kind: 'partition', name: '', expected: wanted!, found: there! }];
  }
  if (isSameFacts(expected.facts, found.facts)) return differences;
  const wanted = getByKey(expected, isNew);
  const there = getByKey(found, isNew);
  for (const [key, [kind, name, text]] of wanted) {
    const other = there.get(key);
    if (other !== undefined && isSame(kind, text, other[2], moved)) continue;
    // A column that is missing is told once.
    if (isOfColumn(kind) && name !== '' && !there.has(`column ${name}`)) continue;
    if (kind === 'grant' && name === found.owner) continue;
    differences.push({ object, kind, name, expected: text, found: other?.[2] ?? null });
  }
  for (const [key, [kind, name, text]] of there) {
    if (wanted.has(key)) continue;
    if (isOfColumn(kind) && name !== '' && !wanted.has(`column ${name}`)) continue;
    if (kind === 'grant' && !/^PUBLIC($| on column )/.test(name)) continue;
    differences.push({ object, kind, name, expected: null, found: text });
  }
  return [...differences, ...compareOrder(object, expected, found)];
}

// So it is with most objects, and told without a look-up of each fact.
function isSameFacts(facts: readonly Fact[], others: readonly Fact[]): boolean {
  const isFact = ([kind, name, text]: Fact, at: number): boolean => {
    const other = others[at]!;
    return kind === other[0] && name === other[1] && text === other[2];
  };
  return facts.length === others.length && facts.every(isFact);
}

function isSame(kind: FactKind, text: string, found: string, moved: Between['moved']): boolean {
  if (kind === 'schema' || isSameText(text, found) || isKeptText(kind, text, found)) return true;
  if (moved.length === 0) return false;
  const back = moved.reduce((now, [there, wanted]) => renameSchema(now, there, wanted), found);
  return isSameText(text, back);
}

function renameSchema(text: string, from: string, to: string): string {
  const escaped = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\w".])${escaped}\\.`, 'g'), () => `${to}.`);
}

function getByKey({ facts, parent }: ObjectFacts, isNew: boolean): ReadonlyMap<string, Fact> {
  const all = isNew
    ? facts
    : facts.filter(([kind]) => parent === undefined || kind !== 'identity').flatMap(withoutMaintain);
  return new Map(all.map((fact) => [`${fact[0]} ${fact[1]}`, fact]));
}

function withoutMaintain(fact: Fact): readonly Fact[] {
  const [kind, name, text] = fact;
  if (kind !== 'grant') return [fact];
  const rights = text.split(', ').filter((right) => !right.startsWith('MAINTAIN'));
  return rights.length === 0 ? [] : [[kind, name, rights.join(', ')]];
}

/** The columns that both have, in another order; what was dropped between them leaves no trace. */
function compareOrder(object: string, expected: ObjectFacts, found: ObjectFacts): Difference[] {
  // A partition may have been a table of its own, with its own order.
  if (expected.parent !== undefined) return [];
  const getColumns = (facts: readonly Fact[]): string[] =>
    facts.filter(([kind]) => kind === 'column').map(([, name]) => name);
  const [wanted, there] = [getColumns(expected.facts), getColumns(found.facts)];
  const [inWanted, inFound] = [new Set(wanted), new Set(there)];
  const before = wanted.filter((name) => inFound.has(name)).join(', ');
  const now = there.filter((name) => inWanted.has(name)).join(', ');
  return before === now ? [] : [{ object, kind: 'column order', name: '', expected: before, found: now }];
}

// `'2030-01-01 00:00:00+01'`: a constant of the type timestamptz.
const INSTANT = /'(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d(?::\d\d)?)'/g;

/**
 * Line ends are the file's, not the schema's. A constant with a time zone is the same local time wherever the history ran,
 * or the same instant where the server's time zone was changed since.
 */
function isSameText(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [one.replaceAll('\r\n', '\n'), other.replaceAll('\r\n', '\n')];
  return a === b || toLocal(a) === toLocal(b) || toInstants(a) === toInstants(b);
}

const toLocal = (text: string): string => text.replace(INSTANT, "'$1 $2'");

function toInstants(text: string): string {
  return text.replace(INSTANT, (constant, date: string, time: string, zone: string) => {
    const instant = Date.parse(`${date}T${time}${zone.includes(':') ? zone : `${zone}:00`}`);
    return Number.isNaN(instant) ? constant : `'${instant}'`;
  });
}
