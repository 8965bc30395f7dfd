import { dirname, resolve } from 'node:path';
import type { ApplyOptions } from '../options.js';
import { renderUnknownChoice } from '../report/settings-words.js';
import {
  HISTORY_KEYS,
  type HistorySettings,
  type ServiceSettings,
  type SettingsFile,
  type TargetSettings,
} from './settings-file.js';

/** What is asked of the settings, beside the options that the caller has already. */
export interface Asked extends Partial<ApplyOptions> {
  /** The name of a target. */
  readonly target?: string | undefined;
}

/** What the settings say for a request, and what cannot be had of them. */
export interface Choice {
  readonly options: Partial<ApplyOptions>;
  readonly problems: readonly string[];
}

/** The options that the file at `path` has for what is asked, without those that are given; its paths become absolute. */
export function chooseOptions(file: SettingsFile, path: string, asked: Asked): Choice {
  const problems: string[] = [];
  const service = chooseService(file, asked, problems);
  const target = chooseTarget(file, asked, problems);
  const history = chooseHistory(file, path, asked, service, problems);
  const at = (value: string): string => resolve(dirname(path), value);
  const found: Partial<ApplyOptions> = {
    ...history,
    ...(history.migrations === undefined ? {} : { migrations: resolveLocations(history.migrations, at) }),
    ...(history.prelude === undefined ? {} : { prelude: at(history.prelude) }),
    ...(service === null ? {} : { tables: service.tables, alone: service.alone ?? false }),
    ...getTargetOptions(target, at),
    ...pick(file, ['ledger', 'declared', 'withPrelude', 'missingRoles', 'scratch', 'timeout']),
  };
  // It is for the whole history: who chooses tables does without.
  const isWhole = (asked.tables ?? found.tables ?? []).length === 0 && asked.partitions === undefined;
  const options = Object.entries(found).filter(
    ([key]) =>
      key === 'set' || (asked[key as keyof Asked] === undefined && (key !== 'writeLedger' || isWhole)),
  );
  return { options: Object.fromEntries(options), problems };
}

/** The service's tables; null where no service is asked for, or other tables are. */
function chooseService(file: SettingsFile, asked: Asked, problems: string[]): ServiceSettings | null {
  if (asked.service === undefined || asked.tables !== undefined || file.services === undefined) return null;
  return chooseByName(file.services, 'service', asked.service, problems);
}

function chooseTarget(file: SettingsFile, asked: Asked, problems: string[]): TargetSettings {
  if (asked.target === undefined) return {};
  if (asked.url !== undefined || asked.embedded !== undefined) {
    problems.push('one target only: --target, --url or --embedded');
  }
  return chooseByName(file.targets ?? {}, 'target', asked.target, problems) ?? {};
}

function getTargetOptions(
  { embedded, kubernetes, url }: TargetSettings,
  at: (path: string) => string,
): Partial<ApplyOptions> {
  if (kubernetes !== undefined) {
    const { kubeconfig } = kubernetes;
    return { ...kubernetes, ...(kubeconfig === undefined ? {} : { kubeconfig: at(kubeconfig) }) };
  }
  return embedded === undefined ? (url === undefined ? {} : { url }) : { embedded: at(embedded) };
}

/** What belongs to the folder that is asked for, or to the one that the file has; nothing where that is another one. */
function chooseHistory(
  file: SettingsFile,
  path: string,
  asked: Asked,
  service: ServiceSettings | null,
  problems: string[],
): HistorySettings & { readonly history?: string } {
  const histories = file.histories ?? { [file.history ?? 'main']: pick(file, HISTORY_KEYS) };
  if (asked.migrations !== undefined) {
    const folders = renderLocations(asked.migrations, '.');
    const found = Object.entries(histories).find(
      ([, { migrations }]) =>
        migrations !== undefined && renderLocations(migrations, dirname(path)) === folders,
    );
    return found === undefined ? {} : { history: found[0], ...found[1] };
  }
  const names = Object.keys(histories);
  if (file.histories === undefined) return { history: names[0]!, ...histories[names[0]!] };
  const name =
    asked.history ?? service?.history ?? file.history ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) {
    problems.push(`plinth.json has several histories: choose one of ${names.join(', ')} with --history`);
    return {};
  }
  const chosen = chooseByName(histories, 'history', name, problems);
  return chosen === null ? {} : { history: name, ...chosen };
}

type Locations = string | readonly string[];

const resolveLocations = (locations: Locations, at: (path: string) => string): Locations =>
  typeof locations === 'string' ? at(locations) : locations.map(at);

/** The same for the same locations, in whatever order. */
const renderLocations = (locations: Locations, from: string): string =>
  JSON.stringify([resolveLocations(locations, (path) => resolve(from, path))].flat().sort());

function chooseByName<T>(
  known: Readonly<Record<string, T>>,
  what: 'service' | 'target' | 'history',
  name: string,
  problems: string[],
): T | null {
  if (Object.hasOwn(known, name)) return known[name]!;
  problems.push(renderUnknownChoice(what, name, Object.keys(known)));
  return null;
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]),
  ) as Pick<T, K>;
}
