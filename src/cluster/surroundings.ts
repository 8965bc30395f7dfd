import type { Api } from './api.js';
import { ASKS } from './asks.js';
import type { EndpointSlice, List, Pod, Service } from './objects.js';

/** Which PostgreSQL of a namespace: exactly one of `service`, `pod` and `selector` is set. */
export interface Wanted {
  readonly namespace: string;
  readonly service: string | null;
  readonly pod: string | null;
  /** `app=postgres,tier!=test`. */
  readonly selector: string | null;
  /** A port of the service (of the pod, where no service is named), by number or name; null: PostgreSQL's. */
  readonly port: string | null;
}

/** What the cluster has at that place, as it was at one moment. */
export interface Surroundings {
  readonly wanted: Wanted;
  readonly service: Service | null;
  /** What finds the pods; null where the service has none, or a pod was named. */
  readonly selector: string | null;
  readonly pods: readonly Pod[];
  /** Of a service without a selector. */
  readonly slices: readonly EndpointSlice[];
  /** Of the list of pods, for a watch to go on from. */
  readonly resourceVersion: string;
}

/** Reads the service and the pods behind it. A request that fails throws its ApiError. */
export async function readSurroundings(
  api: Api,
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<Surroundings> {
  const base = { wanted, service: null, selector: null, slices: [], resourceVersion: '' };
  const { namespace } = wanted;
  if (wanted.pod !== null) {
    const pod = await api.read<Pod>(ASKS.pod(namespace, wanted.pod), signal);
    return { ...base, pods: [pod], resourceVersion: pod.metadata.resourceVersion ?? '' };
  }
  if (wanted.service === null)
    return { ...base, ...(await readPods(api, namespace, wanted.selector!, signal)) };
  const service = await api.read<Service>(ASKS.service(namespace, wanted.service), signal);
  const selector = renderSelector(service.spec.selector ?? {});
  if (selector !== '') return { ...base, service, ...(await readPods(api, namespace, selector, signal)) };
  const slices = (await api.read<List<EndpointSlice>>(ASKS.endpointSlices(namespace, wanted.service), signal))
    .items;
  const names = slices
    .flatMap(({ endpoints = [] }) => endpoints)
    .flatMap(({ targetRef }) =>
      targetRef?.kind === 'Pod' && targetRef.name !== undefined ? [targetRef.name] : [],
    );
  const pods = await Promise.all(names.map((name) => api.read<Pod>(ASKS.pod(namespace, name), signal)));
  return { ...base, service, slices, pods };
}

async function readPods(api: Api, namespace: string, selector: string, signal?: AbortSignal) {
  const { items, metadata } = await api.read<List<Pod>>(ASKS.pods(namespace, selector), signal);
  return { selector, pods: items, resourceVersion: metadata.resourceVersion ?? '' };
}

/** `{app: 'x', tier: 'db'}` as `app=x,tier=db`. */
export function renderSelector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
