import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../folder.js';
import { API_PORT, DNS_DOMAIN, NODE_ADDRESS, type NodeLayout, POD_NETWORK } from './layout.js';
import type { Programs } from './requirements.js';

const OVERLAYFS_MAGIC = 0x794c7630;

/** Writes what containerd, its network plugins and the kubelet read. */
export function writeConfigurations(node: NodeLayout, programs: Programs, pauseImage: string): void {
  mkdirSync(join(node.root, 'cni'), { recursive: true });
  writeWhole(join(node.root, 'containerd.toml'), renderContainerd(node, programs, pauseImage));
  writeWhole(join(node.root, 'cni', 'pods.conflist'), renderNetwork(node));
  writeWhole(join(node.root, 'kubelet.yaml'), renderKubelet(node));
  writeWhole(join(node.root, 'resolv.conf'), `nameserver ${NODE_ADDRESS}\n`);
}

// https://github.com/containerd/containerd/blob/release/1.6/docs/cri/config.md; newer ones read it, too.
function renderContainerd(node: NodeLayout, programs: Programs, pauseImage: string): string {
  // One overlay cannot lie on another, as in a container.
  const snapshotter = statfsSync(node.root).type === OVERLAYFS_MAGIC ? 'native' : 'overlayfs';
  return `version = 2
root = "${node.root}/containerd/root"
state = "${node.root}/containerd/state"
oom_score = 0
[grpc]
  address = "${node.containerdSocket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # The machine's security profiles are not ours to load, and lower scores may not be ours to give.
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${snapshotter}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${programs.cniFolder}"
    conf_dir = "${node.root}/cni"
`;
}

// Pods are routed to each other: behind a bridge, services would need br_netfilter in the machine's kernel.
function renderNetwork(node: NodeLayout): string {
  const ipam = {
    type: 'host-local',
    dataDir: join(node.root, 'addresses'),
    ranges: [[{ subnet: POD_NETWORK }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const plugins = [{ type: 'ptp', ipMasq: false, ipam }];
  return JSON.stringify({ cniVersion: '0.4.0', name: 'pods', plugins }, null, 2);
}

// JSON is YAML, too. https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
function renderKubelet(node: NodeLayout): string {
  const nothing = { 'memory.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%' };
  return JSON.stringify(
    {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      address: NODE_ADDRESS,
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: false },
        x509: { clientCAFile: join(node.keys, 'ca.crt') },
      },
      authorization: { mode: 'AlwaysAllow' },
      cgroupDriver: 'cgroupfs',
      cgroupRoot: `/${node.cgroup}`,
      failCgroupV1: false,
      failSwapOn: false,
      featureGates: { ImageVolume: true },
      containerRuntimeEndpoint: `unix://${node.containerdSocket}`,
      enforceNodeAllocatable: [],
      // A disk that is nearly full is the machine's matter, and takes no pod away.
      localStorageCapacityIsolation: false,
      evictionHard: { ...nothing, 'imagefs.available': '0%', 'imagefs.inodesFree': '0%' },
      imageGCHighThresholdPercent: 100,
      clusterDNS: [NODE_ADDRESS],
      clusterDomain: DNS_DOMAIN,
      resolvConf: join(node.root, 'resolv.conf'),
      podLogsDir: join(node.root, 'pod-logs'),
      volumePluginDir: join(node.root, 'volume-plugins'),
      serializeImagePulls: false,
      maxPods: 250,
    },
    null,
    2,
  );
}

/** A kubeconfig of the administrator, with the keys in it. */
export function renderKubeconfig(node: NodeLayout, server: string): string {
  const encode = (name: string): string => readFileSync(join(node.keys, name)).toString('base64');
  return `apiVersion: v1
kind: Config
current-context: plinth
contexts:
- {name: plinth, context: {cluster: plinth, user: admin}}
clusters:
- name: plinth
  cluster:
    server: ${server}
    certificate-authority-data: ${encode('ca.crt')}
users:
- name: admin
  user:
    client-certificate-data: ${encode('admin.crt')}
    client-key-data: ${encode('admin.key')}
`;
}

/** Of the components, in the node's own network. */
export function writeInnerKubeconfig(node: NodeLayout): void {
  writeWhole(node.kubeconfig, renderKubeconfig(node, `https://${NODE_ADDRESS}:${API_PORT}`));
}
