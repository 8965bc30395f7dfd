import { join } from 'node:path';
import {
  API_PORT,
  DNS_DOMAIN,
  NODE_ADDRESS,
  NODE_NAME,
  type NodeLayout,
  POD_NETWORK,
  SERVICE_NETWORK,
} from './layout.js';
import type { Programs } from './requirements.js';

/** A process of the node, as the first one (component/supervise.go) reads it. */
export interface NodeProcess {
  readonly name: string;
  readonly command: readonly string[];
  /** What must answer before it is started. */
  readonly after: readonly string[];
}

const ETCD = '127.0.0.1:2379';
const ETCD_PEERS = '127.0.0.1:2380';
const API_READY = `https://${NODE_ADDRESS}:${API_PORT}/readyz`;

/** All that a node runs, in the order in which it is started. */
export function getProcesses(node: NodeLayout, binary: string, programs: Programs): readonly NodeProcess[] {
  const key = (name: string): string => join(node.keys, name);
  const kubeconfig = `--kubeconfig=${node.kubeconfig}`;
  const component = (name: string, options: readonly string[], after = [API_READY]): NodeProcess => ({
    name,
    command: [binary, name, ...options],
    after,
  });
  return [
    {
      name: 'etcd',
      // What a power failure would lose is of no worth.
      command: [
        programs.etcd,
        `--data-dir=${join(node.root, 'etcd')}`,
        '--unsafe-no-fsync',
        `--listen-client-urls=http://${ETCD}`,
        `--advertise-client-urls=http://${ETCD}`,
        `--listen-peer-urls=http://${ETCD_PEERS}`,
        `--initial-advertise-peer-urls=http://${ETCD_PEERS}`,
        `--initial-cluster=default=http://${ETCD_PEERS}`,
        '--logger=zap',
      ],
      after: [],
    },
    {
      name: 'containerd',
      command: [programs.containerd, '--config', join(node.root, 'containerd.toml')],
      after: [],
    },
    component(
      'kube-apiserver',
      [
        `--etcd-servers=http://${ETCD}`,
        `--advertise-address=${NODE_ADDRESS}`,
        `--secure-port=${API_PORT}`,
        `--cert-dir=${node.keys}`,
        `--tls-cert-file=${key('apiserver.crt')}`,
        `--tls-private-key-file=${key('apiserver.key')}`,
        `--client-ca-file=${key('ca.crt')}`,
        `--kubelet-client-certificate=${key('kubelet-client.crt')}`,
        `--kubelet-client-key=${key('kubelet-client.key')}`,
        '--kubelet-preferred-address-types=InternalIP',
        '--authorization-mode=RBAC',
        '--allow-privileged',
        // Off by default before 1.35: a folder in an image would be left out without a word.
        '--feature-gates=ImageVolume=true',
        `--service-cluster-ip-range=${SERVICE_NETWORK}`,
        `--service-account-issuer=https://kubernetes.default.svc.${DNS_DOMAIN}`,
        `--service-account-key-file=${key('tokens.key')}`,
        `--service-account-signing-key-file=${key('tokens.key')}`,
      ],
      [ETCD],
    ),
    component('kube-controller-manager', [
      kubeconfig,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      '--authentication-skip-lookup',
      `--root-ca-file=${key('ca.crt')}`,
      `--service-account-private-key-file=${key('tokens.key')}`,
      `--cluster-signing-cert-file=${key('ca.crt')}`,
      `--cluster-signing-key-file=${key('ca.key')}`,
    ]),
    component('kube-scheduler', [
      kubeconfig,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      '--authentication-skip-lookup',
    ]),
    component('kubelet', [
      kubeconfig,
      `--config=${join(node.root, 'kubelet.yaml')}`,
      `--root-dir=${join(node.root, 'kubelet')}`,
      `--cert-dir=${join(node.root, 'kubelet-keys')}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${NODE_ADDRESS}`,
    ]),
    component('kube-proxy', [
      kubeconfig,
      `--hostname-override=${NODE_NAME}`,
      `--cluster-cidr=${POD_NETWORK}`,
      '--proxy-mode=iptables',
      '--iptables-min-sync-period=100ms',
      // The limit is the whole machine's.
      '--conntrack-max-per-core=0',
      '--conntrack-min=0',
    ]),
    component('dns', [node.kubeconfig, `${NODE_ADDRESS}:53`, DNS_DOMAIN].map(String)),
  ];
}

/** Folders of the machine that they write to, whatever their options say; the node sees others instead. */
export const HIDDEN_FOLDERS = ['/run', '/var/log', '/var/lib/cni', '/var/lib/kubelet'];

/** Settings of the whole machine that the kubelet wants so (setupKernelTunables in container_manager_linux.go). */
export const HIDDEN_SYSCTLS: Readonly<Record<string, string>> = {
  '/proc/sys/vm/overcommit_memory': '1',
  '/proc/sys/vm/panic_on_oom': '0',
  '/proc/sys/kernel/panic': '10',
  '/proc/sys/kernel/panic_on_oops': '1',
  '/proc/sys/kernel/keys/root_maxkeys': '1000000',
  '/proc/sys/kernel/keys/root_maxbytes': '25000000',
};
