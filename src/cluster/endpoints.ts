import type { Container, EndpointSlice, Pod, Service, ServicePort } from './objects.js';
import type { Surroundings } from './surroundings.js';

/** A pod that can be asked for its PostgreSQL. */
export interface Endpoint {
  readonly pod: Pod;
  /** The port inside of the pod. */
  readonly port: number;
}

const POSTGRES_PORT = 5432;
const POSTGRES_NAME = /postgres|^pgsql|^psql|^db$/i;

/** The ready pods with their port, in the order of their names. */
export function getEndpoints(surroundings: Surroundings): readonly Endpoint[] {
  return surroundings.pods
    .filter(isReady)
    .flatMap((pod) => {
      const port = getPodPort(surroundings, pod);
      return port === null ? [] : [{ pod, port }];
    })
    .sort((a, b) => a.pod.metadata.name.localeCompare(b.pod.metadata.name));
}

/** True for a pod that takes connections and is to stay. */
export function isReady({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True')
  );
}

/** The port inside of the pod; null where the service has no such port, or the pod none of its name. */
export function getPodPort({ wanted, service, slices }: Surroundings, pod: Pod): number | null {
  if (service === null) return getNumber(wanted.port ?? getOwnPort(pod), pod);
  const port = getServicePort(service, wanted.port);
  if (port === null) return null;
  // Without a selector the slices, not the service, say which port it is.
  const sliced = getSlicePort(slices, port);
  return sliced ?? getNumber(port.targetPort ?? port.port, pod);
}

/** The port of the service that is meant: by number or name, else PostgreSQL's, else the only one. */
export function getServicePort({ spec }: Service, wanted: string | null): ServicePort | null {
  const ports = (spec.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
  if (wanted !== null) {
    return ports.find(({ port, name }) => String(port) === wanted || name === wanted) ?? null;
  }
  return (
    ports.find(
      ({ port, name }) => port === POSTGRES_PORT || (name !== undefined && POSTGRES_NAME.test(name)),
    ) ?? (ports.length === 1 ? ports[0]! : null)
  );
}

/** The containers that run for as long as the pod does: sidecars, too. */
export function getContainers({ spec }: Pod): readonly Container[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...sidecars];
}

function getOwnPort(pod: Pod): number {
  const ports = getContainers(pod).flatMap(({ ports: own = [] }) => own);
  const named = ports.find(
    ({ name, containerPort }) => containerPort === POSTGRES_PORT || POSTGRES_NAME.test(name ?? ''),
  );
  return named?.containerPort ?? POSTGRES_PORT;
}

function getNumber(port: number | string, pod: Pod): number | null {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  const named = getContainers(pod)
    .flatMap(({ ports = [] }) => ports)
    .find(({ name }) => name === port);
  return named?.containerPort ?? null;
}

function getSlicePort(slices: readonly EndpointSlice[], { name }: ServicePort): number | null {
  const ports = slices.flatMap(({ ports: own = [] }) => own);
  return ports.find((port) => (port.name ?? '') === (name ?? ''))?.port ?? null;
}
