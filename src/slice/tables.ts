import { closest, distance } from 'fastest-levenshtein';
import picomatch from 'picomatch';
import { PlinthError } from '../errors.js';
import { type CodeStep, getCodeStepsBefore } from '../model/history.js';
import type { Observation } from '../model/observation.js';
import {
  getObjects,
  getTypedObjects,
  getViews,
  parseTypedName,
  type TypedName,
  VIEWS,
  type WantedObject,
} from './objects.js';

/**
 * What names and patterns stand for: tables (`orders`, `sales.orders`, `audit_*`, `sales.*`), views by their name, anything
 * else with its type before it (`function audit.make_partition(date)`). A bare name finds it in whatever schema it is.
 *
 * @throws TABLE_UNKNOWN with all unknown names and the nearest ones, and `codeSteps`, any of which may make them; TABLE_NOT_OBSERVED where a failed statement would have made it.
 */
export function getWantedTables(
  observation: Observation,
  names: readonly string[],
  codeSteps: readonly CodeStep[] = [],
): readonly WantedObject[] {
  const wanted = new Map<string, WantedObject>();
  const unknown: { name: string; nearest: string[] }[] = [];
  for (const given of names) {
    const typed = parseTypedName(given);
    if (typed !== null && typed.type !== 'table') {
      const found = getTypedObjects(observation.objects, typed);
      if (found.length === 0) unknown.push({ name: given, nearest: getNearestObjects(typed, observation) });
      for (const object of found) wanted.set(object.name, object);
      continue;
    }
    const name = typed?.name ?? given;
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
    const views = found.length === 0 ? getViews(observation.objects, name) : [];
    if (found.length + views.length === 0) unknown.push({ name, nearest: getNearest(name, observation) });
    for (const view of views) wanted.set(view.name, view);
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

function getNearestObjects({ type, name }: TypedName, { objects }: Observation): string[] {
  const known = getObjects(objects, [type]).map((object) => object.name);
  const wanted = `${type} ${name}`;
  return known
    .map((one) => [one, Math.min(distance(wanted, one), distance(getShort(wanted), getShort(one)))] as const)
    .filter(([one, away]) => away <= Math.max(2, Math.floor(name.length / 3)) || one.includes(name))
    .sort(([one, a], [other, b]) => a - b || distance(wanted, one) - distance(wanted, other))
    .slice(0, 3)
    .map(([one]) => one);
}

// Without the schema and the arguments, which people leave out.
const getShort = (name: string): string => name.replace(/\(.*\)$/, '').replace(/ [^ .]+\./, ' ');

function getNearest(name: string, { tables, objects }: Observation): string[] {
  const bare = name.includes('.') ? name.slice(name.indexOf('.') + 1) : name;
  const views = getObjects(objects, VIEWS).map((view) => view.name.slice(view.name.indexOf('.') + 1));
  const names = [...new Set([...tables.map((table) => table.name), ...views])];
  if (names.length === 0) return [];
  const near = names
    .filter(
      (known) => distance(bare, known) <= Math.max(2, Math.floor(bare.length / 3)) || known.includes(bare),
    )
    .sort((a, b) => distance(bare, a) - distance(bare, b))
    .slice(0, 3);
  return near.length > 0 ? near : [closest(bare, names)];
}
