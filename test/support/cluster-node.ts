import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { V1EnvVar } from '@kubernetes/client-node';
import { getCluster, hasCluster, type TestNamespace } from './cluster.js';

/** True where pods can see this machine's files: a node of our own does. */
export const hasMachineFiles = hasCluster && getCluster().provider === 'own';

const MACHINE = '/machine';

/** A path of this machine as a pod of `runNodeInPod` has it. */
export const getPodPath = (path: string): string => join(MACHINE, realpathSync(path));

export interface NodeInPod {
  readonly name: string;
  /** For Node; files by `getPodPath`. */
  readonly args: readonly string[];
  /** Default: `default`, which may do nothing. */
  readonly serviceAccount?: string;
  readonly env?: readonly V1EnvVar[];
}

/** Runs this machine's Node in a pod, to its end; the log has what it wrote on both streams. */
export async function runNodeInPod(
  namespace: TestNamespace,
  { name, args, serviceAccount = 'default', env = [] }: NodeInPod,
): Promise<{ readonly code: number; readonly log: string }> {
  // The image has no libraries; the loader of this machine is told where its are.
  const loader = process.arch === 'arm64' ? 'lib/ld-linux-aarch64.so.1' : 'lib64/ld-linux-x86-64.so.2';
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const libraries = ['lib', 'usr/lib'].map((folder) => join(MACHINE, folder, triplet)).join(':');
  const node = [getPodPath(join('/', loader)), '--library-path', libraries, getPodPath(process.execPath)];
  await namespace.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      serviceAccountName: serviceAccount,
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'machine', hostPath: { path: '/' } }],
      containers: [
        {
          name: 'node',
          image: getCluster().images.busybox,
          command: [...node, ...args],
          env: [...env],
          volumeMounts: [{ name: 'machine', mountPath: MACHINE, readOnly: true }],
        },
      ],
    },
  });
  const ended = await namespace.waitForPod(name, (pod) =>
    ['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''),
  );
  const code = ended.status?.containerStatuses?.[0]?.state?.terminated?.exitCode ?? -1;
  return { code, log: await namespace.readLog(name) };
}
