import type { Ask } from '../api.js';
import type { ClusterObject } from '../kinds.js';
import { getBaseName, getMetadata } from '../manifest/request.js';

const COMPONENT = 'app.kubernetes.io/component';
const PART_OF = 'app.kubernetes.io/part-of';
const LONGEST = 30;

/** Whose objects they are, and which fleet's. */
export interface FleetName {
  readonly service: string;
  readonly namespace: string;
  /** `plinth-shop-fleet-1a2b3c4d`: by what is applied, so that the same again knows what is left. */
  readonly fleet: string;
}

/** A fleet is named by what it applies. */
export const getFleetName = (service: string, digest: string): string =>
  // The pods of a Job take its name and more, of 63 characters.
  `${getBaseName(service).slice(0, LONGEST).replace(/-+$/, '')}-fleet-${digest}`;

/** How an object of a fleet is named and found. */
export function getFleetMetadata(
  { service, namespace, fleet }: FleetName,
  name: string,
): ClusterObject['metadata'] {
  const metadata = getMetadata({ namespace, service }, name);
  return { ...metadata, labels: { ...metadata.labels, [COMPONENT]: 'fleet', [PART_OF]: fleet } };
}

/** Matches the objects of a fleet; without its name those of all fleets of the service. */
export const getFleetSelector = ({
  service,
  fleet,
}: Pick<FleetName, 'service'> & { readonly fleet?: string }): string =>
  [
    `app.kubernetes.io/instance=${getBaseName(service)}`,
    `${COMPONENT}=fleet`,
    ...(fleet === undefined ? [] : [`${PART_OF}=${fleet}`]),
  ].join(',');

/** The fleet that an object is of. */
export const getFleetOf = ({ labels }: ClusterObject['metadata']): string => labels?.[PART_OF] ?? '';

/** The ConfigMap of a Job's pod: its databases, and what became of them. */
export const getShardName = (job: string, index: number): string => `${job}-${index}`;

/** The request about all objects of a kind that labels match. */
export function getListAsk(
  verb: Extract<Ask['verb'], 'list' | 'watch' | 'deletecollection'>,
  resource: 'configmaps' | 'jobs' | 'pods' | 'services' | 'secrets',
  namespace: string | null,
  query: Readonly<Record<string, string>>,
): Ask {
  const group = resource === 'jobs' ? 'batch' : '';
  const root = resource === 'jobs' ? '/apis/batch/v1' : '/api/v1';
  const place = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const text = new URLSearchParams(query).toString();
  return { verb, resource, group, namespace, name: null, path: `${root}${place}/${resource}?${text}` };
}
