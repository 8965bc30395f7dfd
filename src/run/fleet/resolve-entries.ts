import { type FleetTarget, getTargetName, type SecretKey, type TargetPlace } from '../../model/fleet.js';
import { FLEET_PROBLEMS as WORDS } from '../../report/fleet-words.js';
import type { Entry, Problem } from './parse-list.js';

/** What counts where an entry says nothing. */
export interface EntryDefaults {
  readonly namespace: string;
  readonly port: number | null;
  readonly user: string | null;
  readonly password: SecretKey | null;
}

/** A database, and the line that it stands in. */
export type PlacedTarget = TargetPlace & { readonly line: number | null };

const PORT = 5432;
const USER = 'postgres';

/** Makes databases of entries; what is wrong with each is added to `problems`. */
export function resolveEntries(
  entries: readonly Entry[],
  defaults: EntryDefaults,
  problems: Problem[],
): readonly PlacedTarget[] {
  return entries.flatMap((entry): PlacedTarget[] => {
    const { database, line, service, url } = entry;
    const namespace = entry.namespace ?? defaults.namespace;
    const wrong = (message: string): [] => {
      problems.push({ line, message });
      return [];
    };
    if (url !== null)
      return service !== null || database !== null ? wrong(WORDS.both()) : [{ namespace, url, line }];
    if (service === null) return wrong(WORDS.neither());
    if (database === null) return wrong(WORDS.noDatabase(service));
    const password = entry.password ?? defaults.password;
    if (password === null) return wrong(WORDS.noPassword());
    const user = entry.user ?? defaults.user ?? USER;
    return [
      { namespace, service, port: entry.port ?? defaults.port ?? PORT, database, user, password, line },
    ];
  });
}

/** The databases with their names; one that is named twice is a problem that names both lines. */
export function getNamedTargets(
  targets: readonly PlacedTarget[],
  problems: Problem[],
): readonly FleetTarget[] {
  const seen = new Map<string, number | null>();
  return targets.flatMap(({ line, ...place }) => {
    const name = getTargetName(place);
    const other = seen.get(name);
    if (other === undefined) {
      seen.set(name, line);
      return [{ name, ...place }];
    }
    problems.push({ line, message: WORDS.twice(name, other) });
    return [];
  });
}
