import { createHash } from 'node:crypto';
import { join } from 'node:path';

// All of it lies in a network of the node's own, so nothing of the machine's can clash with it.
export const NODE_NAME = 'plinth';
export const NODE_ADDRESS = '10.85.255.1';
export const POD_NETWORK = '10.85.0.0/20';
export const SERVICE_NETWORK = '10.96.0.0/16';
/** Of the service `kubernetes`: the first address of the network. */
export const API_SERVICE_ADDRESS = '10.96.0.1';
export const API_PORT = 6443;
export const DNS_DOMAIN = 'cluster.local';

/** Where what belongs to one run of the node lies; it begins empty with every start. */
export interface NodeLayout {
  readonly root: string;
  readonly config: string;
  readonly logs: string;
  readonly keys: string;
  readonly containerdSocket: string;
  /** The kubeconfig of the components; that of the machine has another address in it. */
  readonly kubeconfig: string;
  /** The control group that all pods are in, by its path from the top. */
  readonly cgroup: string;
}

export function getNodeLayout(folder: string): NodeLayout {
  const root = join(folder, 'node');
  return {
    root,
    config: join(root, 'node.json'),
    logs: join(root, 'logs'),
    keys: join(root, 'keys'),
    containerdSocket: join(root, 'containerd.sock'),
    kubeconfig: join(root, 'kubeconfig'),
    cgroup: `plinth-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`,
  };
}
