import type { FleetTarget, TargetResult } from '../../model/fleet.js';
import type { ClusterObject } from '../kinds.js';
import { type FleetName, getFleetMetadata } from './names.js';

/** What of a shard's ConfigMap is read. */
export interface ShardObject extends ClusterObject {
  readonly metadata: ClusterObject['metadata'] & { readonly resourceVersion?: string };
  readonly data?: { readonly targets?: string; readonly results?: string };
}

/** The ConfigMap with the databases of a pod; the pod adds what became of them. It holds no secret. */
export const createShardObject = (
  fleet: FleetName,
  name: string,
  targets: readonly FleetTarget[],
): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: getFleetMetadata(fleet, name),
  data: { targets: renderLines(targets) },
});

/** What a pod adds to its ConfigMap: as another manager of fields, so that the databases stay. */
export const createResultsObject = (
  namespace: string,
  name: string,
  results: readonly TargetResult[],
): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { results: renderLines(results) },
});

export const readShardTargets = ({ data }: ShardObject): readonly FleetTarget[] => parseLines(data?.targets);
export const readShardResults = ({ data }: ShardObject): readonly TargetResult[] => parseLines(data?.results);

const renderLines = (items: readonly unknown[]): string =>
  items.map((item) => JSON.stringify(item)).join('\n');

function parseLines<T>(text = ''): readonly T[] {
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as T);
}

/** Divides databases among pods, neighbours together. */
export function getShards(
  targets: readonly FleetTarget[],
  perPod: number,
): readonly (readonly FleetTarget[])[] {
  const pods = Math.ceil(targets.length / perPod);
  // As even as can be: 501 databases by 250 are three of 167.
  const size = Math.ceil(targets.length / Math.max(1, pods));
  return Array.from({ length: Math.ceil(targets.length / Math.max(1, size)) }, (_, index) =>
    targets.slice(index * size, (index + 1) * size),
  );
}
