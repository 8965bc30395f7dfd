import { type Api, ApiError } from '../cluster/api.js';
import { ASKS } from '../cluster/asks.js';
import type { List, Meta, Pod, Service } from '../cluster/objects.js';
import type { Wanted } from '../cluster/surroundings.js';
import { getNearest } from '../report/suggestion.js';
import type { Obstacle } from './obstacle.js';

interface Named {
  readonly metadata: Meta;
}

/** What is missing where a service or a pod was not found: itself, or its namespace; with the names that come nearest. */
export async function readMissing(api: Api, wanted: Wanted, signal?: AbortSignal): Promise<Obstacle> {
  const { namespace, pod, service } = wanted;
  const space = await readMissingNamespace(api, namespace, signal);
  if (space !== null) return space;
  if (pod !== null) {
    const nearest = getNear(pod, await readNames(api.read<List<Pod>>(ASKS.pods(namespace, ''), signal)));
    return { code: 'POD_MISSING', args: { pod, namespace, nearest }, passing: false };
  }
  const others = await readNames(api.read<List<Service>>(ASKS.services(namespace), signal));
  const name = service ?? '';
  return {
    code: 'SERVICE_MISSING',
    args: { service: name, namespace, nearest: getNear(name, others), others: others.slice(0, 10) },
    passing: false,
  };
}

/** NAMESPACE_MISSING with the names that come nearest; null for a namespace that is there, or may not be asked for. */
export async function readMissingNamespace(
  api: Api,
  namespace: string,
  signal?: AbortSignal,
): Promise<Obstacle | null> {
  const space = await readOrNull(api.read<Named>(ASKS.namespace(namespace), signal));
  if (space !== 'not-found') return null;
  const names = await readNames(api.read<List<Named>>(ASKS.namespaces(), signal));
  const nearest = getNear(namespace, names);
  return { code: 'NAMESPACE_MISSING', args: { namespace, nearest }, passing: false };
}

/** The labels of the namespace's pods that come nearest to a selector that finds none of them. */
export async function readNearLabels(
  api: Api,
  namespace: string,
  selector: string,
  signal?: AbortSignal,
): Promise<readonly { readonly pod: string; readonly labels: string }[]> {
  const wanted = selector.split(',').map((part) => part.split('=') as [string, string?]);
  const list = await readOrNull(api.read<List<Pod>>(ASKS.pods(namespace, ''), signal));
  if (list === null || list === 'not-found') return [];
  const near = list.items.flatMap(({ metadata: { labels = {}, name } }) => {
    const shown = wanted.flatMap(([key, value = '']) => {
      const own = labels[key];
      const isNear = own !== undefined && (own === value || getNearest(value, [own]) !== null);
      return isNear ? [`${key}=${own}`] : [];
    });
    return shown.length === 0 ? [] : [{ pod: name, labels: shown.join(',') }];
  });
  return near.slice(0, 5);
}

function getNear(name: string, names: readonly string[]): readonly string[] {
  const nearest = getNearest(name, names);
  const alike = names.filter((other) => other !== nearest && (other.includes(name) || name.includes(other)));
  return [...(nearest === null ? [] : [nearest]), ...alike].slice(0, 3);
}

// Names are a kindness: whoever may not list does without.
async function readNames(reading: Promise<List<Named>>): Promise<readonly string[]> {
  const list = await readOrNull(reading);
  return list === null || list === 'not-found' ? [] : list.items.map(({ metadata }) => metadata.name);
}

async function readOrNull<T>(reading: Promise<T>): Promise<T | 'not-found' | null> {
  return await reading.catch((error: unknown) => {
    if (error instanceof ApiError && error.problem === 'not-found') return 'not-found' as const;
    if (error instanceof ApiError && error.problem === 'forbidden') return null;
    throw error;
  });
}
