import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Endpoint } from './endpoints.js';
import type { ClusterAccess } from './kube-config.js';
import { createTunnel, type TunnelOptions } from './tunnel.js';

// What an access that is the service account of the pod that this runs in says of its source.
const IN_CLUSTER = 'in-cluster';

/** True where pods can be reached at their own addresses. */
export const isInside = ({ source }: Pick<ClusterAccess, 'source'>): boolean => source === IN_CLUSTER;

/** A stream to the port of a pod: straight to its address inside of the cluster, else by a tunnel. */
export function createPodConnection(
  access: ClusterAccess,
  namespace: string,
  { pod, port }: Endpoint,
  options: Pick<TunnelOptions, 'farewell'>,
): Duplex {
  const address = pod.status.podIP;
  if (!isInside(access) || address === undefined) {
    return createTunnel(access, { namespace, pod: pod.metadata.name, port }, options);
  }
  return net.connect({
    host: address,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 10_000,
  });
}
