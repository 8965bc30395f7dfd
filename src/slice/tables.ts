import { closest, distance } from 'fastest-levenshtein';
import picomatch from 'picomatch';
import { PlinthError } from '../errors.js';
import { type CodeStep, getCodeStepsBefore } from '../model/history.js';
import type { ObjectRef, Observation } from '../model/observation.js';

export interface WantedTable {
  /** `schema.name` */
  readonly name: string;
  readonly object: ObjectRef;
}

/**
 * The tables that names and patterns stand for: `orders`, `sales.orders`, `audit_*`, `sales.*`. A bare name
 * finds the table in whatever schema it is.
 *
 * @throws TABLE_UNKNOWN with all unknown names and the nearest ones, and `codeSteps`, any of which may make them; TABLE_NOT_OBSERVED where a failed statement would have made it.
 */
export function getWantedTables(
  observation: Observation,
  names: readonly string[],
  codeSteps: readonly CodeStep[] = [],
): readonly WantedTable[] {
  const wanted = new Map<string, WantedTable>();
  const unknown: { name: string; nearest: string[] }[] = [];
  for (const name of names) {
    const isMatch = picomatch(name, { nocase: !/[A-Z"]/.test(name), bash: true });
    const plain = name.replaceAll('"', '');
    const found = observation.tables.filter(
      (table) =>
        isMatch(table.name) ||
        isMatch(`${table.schema}.${table.name}`) ||
        table.name === plain ||
        `${table.schema}.${table.name}` === plain,
    );
    ensureObserved(observation, isMatch, codeSteps);
    if (found.length === 0) unknown.push({ name, nearest: getNearest(name, observation) });
    for (const { schema, name: table, object } of found) {
      wanted.set(`${schema}.${table}`, { name: `${schema}.${table}`, object });
    }
  }
  if (unknown.length > 0)
    throw new PlinthError('TABLE_UNKNOWN', { unknown, codeSteps: codeSteps.map((step) => step.name) });
  return [...wanted.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a failed statement would have made is not left out in silence. */
function ensureObserved(
  { statements, tables }: Observation,
  isMatch: (name: string) => boolean,
  codeSteps: readonly CodeStep[],
): void {
  for (const { migration, line, effect } of statements) {
    const made = effect.failed?.table;
    if (made === undefined) continue;
    const { schema, name, file } = made;
    if (!isMatch(name) && !isMatch(`${schema || 'public'}.${name}`)) continue;
    // Another statement made it later.
    if (tables.some((table) => table.name === name && (schema === '' || table.schema === schema))) continue;
    throw new PlinthError('TABLE_NOT_OBSERVED', {
      table: name,
      file,
      line,
      reason: effect.failed!.message,
      codeSteps: getCodeStepsBefore({ codeSteps }, migration),
    });
  }
}

function getNearest(name: string, { tables }: Observation): string[] {
  const bare = name.includes('.') ? name.slice(name.indexOf('.') + 1) : name;
  const names = [...new Set(tables.map((table) => table.name))];
  if (names.length === 0) return [];
  const near = names
    .filter(
      (known) => distance(bare, known) <= Math.max(2, Math.floor(bare.length / 3)) || known.includes(bare),
    )
    .sort((a, b) => distance(bare, a) - distance(bare, b))
    .slice(0, 3);
  return near.length > 0 ? near : [closest(bare, names)];
}
