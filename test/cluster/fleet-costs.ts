import type { FleetReport } from '../../src/index.js';
import { loadClient, type TestNamespace } from '../support/cluster.js';

const MANY = 100_000;
const PLACES = [8, 50, 200];
const PER_POD = 250;

/** What a run of a fleet cost, and what many databases would, by that. */
export async function readCosts(namespace: TestNamespace, report: FleetReport): Promise<string> {
  const [job] = report.jobs;
  const pods = await namespace.listPods(`batch.kubernetes.io/job-name=${job}`);
  const lived = pods.map(({ metadata, status }) => {
    const ended = status?.containerStatuses?.[0]?.state?.terminated?.finishedAt?.getTime() ?? 0;
    return ended - metadata!.creationTimestamp!.getTime();
  });
  const asked = report.targets.map(({ elapsedMs }) => elapsedMs).sort((a, b) => a - b);
  const database = getSum(asked) / asked.length;
  const pod = (getSum(lived) - getSum(asked)) / pods.length;

  const { CoreV1Api } = await loadClient();
  const { items } = await namespace.config
    .makeApiClient(CoreV1Api)
    .listNamespacedConfigMap({ namespace: namespace.name });
  const shards = items.filter(({ metadata }) => metadata!.name!.startsWith(`${job}-`));
  const bytes = getSum(shards.map(({ data }) => JSON.stringify(data).length)) / asked.length;

  const manyPods = MANY / PER_POD;
  const project = (places: number): string =>
    `${places} pods at a time: ${((MANY * database + manyPods * pod) / places / 60_000).toFixed(0)} min`;
  return [
    `${asked.length} databases in ${pods.length} pods: ${(report.elapsedMs / 1000).toFixed(1)} s`,
    `a database: ${database.toFixed(0)} ms in the mean, ${asked[asked.length >> 1]} ms in the median`,
    `a pod beside its databases: ${(pod / 1000).toFixed(1)} s`,
    `a database in a ConfigMap: ${bytes.toFixed(0)} bytes`,
    `${MANY} databases: ${manyPods} pods and as many ConfigMaps, ${((MANY * bytes) / 1e6).toFixed(0)} MB; ${PLACES.map(project).join(', ')}`,
  ].join('\n');
}

const getSum = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
