import picomatch from 'picomatch';
import type { ObjectRef, ObservedObject } from '../model/observation.js';

/** An object that was asked for. */
export interface WantedObject {
  /** `schema.name` of a table, view or sequence; others with their type: `function audit.make_partition(date)`. */
  readonly name: string;
  readonly object: ObjectRef;
}

/** What is asked for by its type and name: `function audit.make_partition(date)`. */
export interface TypedName {
  readonly type: string;
  readonly name: string;
}

const RELATIONS: ReadonlySet<string> = new Set([
  'table',
  'view',
  'materialized view',
  'foreign table',
  'sequence',
]);
/** What is asked for by its name alone where no table has it. */
export const VIEWS = ['view', 'materialized view', 'foreign table'];
const TYPED =
  /^(table|view|materialized view|foreign table|sequence|function|procedure|aggregate|type|domain|schema|extension)\s+(\S.*)$/is;

/** Takes a name with a type in front of it apart; null for a name alone. */
export function parseTypedName(text: string): TypedName | null {
  const [, type, name] = TYPED.exec(text) ?? [];
  if (type === undefined || name === undefined) return null;
  const word = type.toLowerCase().replace(/\s+/g, ' ');
  return { type: word === 'domain' ? 'type' : word, name: name.trim() };
}

type Objects = readonly ObservedObject[];

/** What of a type the name or pattern stands for; a bare name finds it in whatever schema it is, with whatever arguments. */
export function getTypedObjects(objects: Objects, { type, name }: TypedName): readonly WantedObject[] {
  const [path, given] = cutArguments(name);
  const plain = path.replaceAll('"', '');
  const isMatch = picomatch(plain, { nocase: !/[A-Z"]/.test(path), bash: true });
  return getObjects(objects, [type]).filter(({ object }) => {
    const [own, taken] = cutArguments(withoutCatalog(objects[object]!.identity));
    const full = own.replaceAll('"', '');
    const bare = getNameParts(own).at(-1)!;
    const isNamed = full === plain || bare === plain || isMatch(full) || isMatch(bare);
    return isNamed && (given === null || given === taken);
  });
}

/** The views that a name stands for: it may lack the schema, but is no pattern. */
export function getViews(objects: Objects, name: string): readonly WantedObject[] {
  const plain = name.replaceAll('"', '');
  return getObjects(objects, VIEWS).filter(
    ({ object, name: full }) => full === plain || getNameParts(objects[object]!.identity).at(-1) === plain,
  );
}

/** Every object of these types that the history leaves. */
export function getObjects(objects: Objects, types: readonly string[]): readonly WantedObject[] {
  return objects.flatMap(({ type, identity, gone, environment }, object) =>
    gone === true || environment === true || !types.includes(type)
      ? []
      : [
          {
            object,
            name: RELATIONS.has(type)
              ? getNameParts(identity).join('.')
              : `${type} ${withoutCatalog(identity)}`,
          },
        ],
  );
}

// PostgreSQL's own types need no schema.
const withoutCatalog = (identity: string): string => identity.replace(/\bpg_catalog\./g, '');

/** `f(integer, text)` → `f` and `integer,text`. */
function cutArguments(name: string): readonly [path: string, args: string | null] {
  const [, path, args] = /^((?:"[^"]*"|[^"(])*)\((.*)\)$/s.exec(name) ?? [];
  return path === undefined || args === undefined
    ? [name, null]
    : [path.trim(), args.replace(/\s*,\s*/g, ',').trim()];
}

const getNameParts = (identity: string): readonly string[] =>
  [...identity.matchAll(/"((?:[^"]|"")*)"|[^".]+/g)].map(([text, quoted]) =>
    quoted === undefined ? text : quoted.replaceAll('""', '"'),
  );
