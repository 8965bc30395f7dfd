import { text as readStream } from 'node:stream/consumers';
import type { Api } from '../../cluster/api.js';
import { getListAsk } from '../../cluster/fleet/names.js';
import type { ClusterObject } from '../../cluster/kinds.js';
import type { List, Secret, Service, ServicePort } from '../../cluster/objects.js';
import { PlinthError } from '../../errors.js';
import type { FleetTarget } from '../../model/fleet.js';
import type { ResolvedFleetOptions } from '../../options.js';
import { FLEET_PROBLEMS as WORDS } from '../../report/fleet-words.js';
import { readText } from '../files.js';
import type { Context } from '../prepared.js';
import { withObstacle } from '../workload.js';
import { expandPatterns } from './expand-patterns.js';
import { type Entry, type Problem, parseList } from './parse-list.js';
import { getNamedTargets, type PlacedTarget, resolveEntries } from './resolve-entries.js';

/**
 * The databases of a fleet: of a list, of what a selector finds, of a service; patterns are asked of their servers.
 *
 * @throws FLEET_INVALID with all that is wrong with it
 */
export async function readTargets(
  api: Api,
  namespace: string,
  options: ResolvedFleetOptions,
  context: Context,
): Promise<readonly FleetTarget[]> {
  const places = await readPlaces(api, namespace, options, context.signal);
  const problems: Problem[] = [];
  const expanded = await expandPatterns(places, options, context, problems);
  const targets = getNamedTargets(expanded, problems);
  ensureNone(problems, options);
  return targets;
}

/**
 * The same with patterns as they are: no server is asked for them.
 *
 * @throws FLEET_INVALID with all that is wrong with it
 */
export async function readPlaces(
  api: Api,
  namespace: string,
  options: ResolvedFleetOptions,
  signal: AbortSignal | undefined,
): Promise<readonly PlacedTarget[]> {
  const problems: Problem[] = [];
  const entries = await readEntries(api, namespace, options, problems, signal);
  if (entries.length === 0 && problems.length === 0) problems.push({ line: null, message: WORDS.empty() });
  const port = /^\d+$/.test(options.port ?? '') ? Number(options.port) : null;
  const defaults = { namespace, port, user: options.user, password: options.passwordSecret };
  const places = resolveEntries(entries, defaults, problems);
  getNamedTargets(places, problems);
  ensureNone(problems, options);
  return places;
}

function ensureNone(problems: Problem[], { source }: ResolvedFleetOptions): void {
  if (problems.length === 0) return;
  const list =
    source.from === 'file' ? source.path : source.from === 'selector' ? source.selector : source.service;
  const sorted = problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  throw new PlinthError('FLEET_INVALID', { list, problems: sorted });
}

async function readEntries(
  api: Api,
  namespace: string,
  options: ResolvedFleetOptions,
  problems: Problem[],
  signal: AbortSignal | undefined,
): Promise<readonly Entry[]> {
  const { database, source, urlKey } = options;
  const empty = { line: null, namespace: null, url: null, port: null, user: null, password: null };
  if (source.from === 'service') return [{ ...empty, service: source.service, database }];
  if (source.from === 'file') {
    const text = source.path === '-' ? await readStream(process.stdin) : await readText(source.path);
    const parsed = parseList(text, urlKey);
    problems.push(...parsed.problems);
    return parsed.entries;
  }
  const { kind, selector } = source;
  const places = options.targetNamespaces ?? [namespace];
  const isEverywhere = places.includes('*');
  const lists = await Promise.all(
    (isEverywhere ? [null] : places).map((place) =>
      withObstacle(
        api,
        api.read<List<Found>>(getListAsk('list', kind, place, { labelSelector: selector }), signal),
      ),
    ),
  );
  const found = lists.flatMap(({ items }) => items);
  if (found.length === 0) {
    problems.push({ line: null, message: WORDS.noSuch(kind, selector, isEverywhere ? null : places) });
  }
  return found.flatMap((object): Entry[] => {
    const { name, namespace: place = namespace } = object.metadata;
    if (kind === 'secrets') {
      const keys = Object.keys(object.data ?? {});
      if (keys.includes(urlKey))
        return [{ ...empty, namespace: place, url: { name, key: urlKey }, service: null, database: null }];
      problems.push({ line: null, message: WORDS.noUrlKey(name, place, urlKey, keys) });
      return [];
    }
    const port = getPort(object.spec?.ports ?? [], options.port);
    if (port !== null) return [{ ...empty, namespace: place, service: name, port, database }];
    const ports = (object.spec?.ports ?? []).map(
      (each) => `${each.name === undefined ? '' : `${each.name}:`}${each.port}`,
    );
    problems.push({ line: null, message: WORDS.noPort(name, place, ports) });
    return [];
  });
}

interface Found extends Secret {
  readonly metadata: ClusterObject['metadata'];
  readonly spec?: Service['spec'];
}

// As for a single database: the port that is said, else PostgreSQL's, else the only one.
function getPort(ports: readonly ServicePort[], wanted: string | null): number | null {
  const isWanted = ({ name, port }: ServicePort): boolean =>
    wanted === null
      ? port === 5432 || /^(postgres|postgresql|pg|db)$/.test(name ?? '')
      : name === wanted || String(port) === wanted;
  const found = ports.find(isWanted) ?? (wanted === null && ports.length === 1 ? ports[0] : undefined);
  return found?.port ?? null;
}
