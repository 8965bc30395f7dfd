import { execFileSync } from 'node:child_process';
import type { V1Job, V1JobCondition, V1Pod } from '@kubernetes/client-node';
import { createWorkloads } from '../../src/run/workload.js';
import type { Manifest } from '../../src/run.js';
import { getCluster, hasCluster, loadClient, type TestNamespace, waitFor } from './cluster.js';

/** Images cannot be brought into a cluster that somebody else made. */
export const takesImages = hasCluster && getCluster().provider !== 'given';

const hasKubectl = canRun('kubectl', 'version', '--client');

/** As `kubectl apply --server-side -f -`, by kubectl where it is there. */
export async function applyManifest({ objects, yaml }: Manifest): Promise<void> {
  const { kubeconfig } = getCluster();
  if (!hasKubectl) return await (await createWorkloads(kubeconfig)).apply(objects);
  const args = ['--kubeconfig', kubeconfig, 'apply', '--server-side', '-f', '-'];
  execFileSync('kubectl', args, { input: yaml, stdio: ['pipe', 'ignore', 'inherit'] });
}

/** The name of the Job among the objects. */
export const getJobName = ({ objects }: Manifest): string =>
  objects.find(({ kind }) => kind === 'Job')!.metadata.name;

/** The Job as it is now. */
export async function readJob(namespace: TestNamespace, name: string): Promise<V1Job> {
  const client = await loadClient();
  return await namespace.config
    .makeApiClient(client.BatchV1Api)
    .readNamespacedJob({ namespace: namespace.name, name });
}

/** The pods of a Job, the oldest first. */
export async function readJobPods(namespace: TestNamespace, name: string): Promise<readonly V1Pod[]> {
  const pods = await namespace.listPods(`batch.kubernetes.io/job-name=${name}`);
  const getTime = ({ metadata }: V1Pod): number => metadata!.creationTimestamp!.getTime();
  return [...pods].sort((a, b) => getTime(a) - getTime(b));
}

/** Waits until a Job is complete or has failed, and returns which. */
export const waitForEnd = (namespace: TestNamespace, name: string): Promise<V1JobCondition> =>
  waitFor(`the end of job ${name}`, async () => {
    const { conditions = [] } = (await readJob(namespace, name)).status ?? {};
    const ends = conditions.filter(({ type }) => type === 'Complete' || type === 'Failed');
    return ends.find(({ status }) => status === 'True') ?? null;
  });

/** Waits for the end of a Job, and returns what its first pod said. */
export async function waitForLog(namespace: TestNamespace, name: string): Promise<string> {
  await waitForEnd(namespace, name);
  const pods = await readJobPods(namespace, name);
  return await namespace.readLog(pods[0]!.metadata!.name!);
}

function canRun(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
