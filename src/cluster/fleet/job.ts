import type { ClusterObject } from '../kinds.js';
import { createContainer, createVolumes } from '../manifest/container.js';
import type { ManifestRequest } from '../manifest/request.js';
import { type FleetName, getFleetMetadata } from './names.js';

/** What a Job of a fleet is made of. */
export interface FleetJob extends FleetName {
  readonly name: string;
  readonly request: ManifestRequest;
  /** The ConfigMap with the folder. */
  readonly history: string;
  readonly account: string;
  readonly pods: number;
  readonly parallelism: number;
  /** Pods with failures, with one more of which the Job ends; null: it goes through all. */
  readonly maxFailedIndexes: number | null;
}

// Of a pod that ended without a word, of its memory or its node, say; what a database refuses is not tried again.
const RETRIES = 2;
// https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index
const MAX_FAILED_INDEXES = 100_000;

// Of a pod that has told what failed, or that could not begin: another attempt would tell the same.
const LASTING_EXITS: readonly number[] = [1, 2, 11, 12];

/** An Indexed Job: each index goes through the databases of its ConfigMap. */
export function createFleetJob(job: FleetJob): ClusterObject {
  const { account, history, maxFailedIndexes, name, parallelism, pods, request } = job;
  const container = createContainer(request, 'apply');
  const metadata = getFleetMetadata(job, name);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: {
      completionMode: 'Indexed',
      completions: pods,
      parallelism: Math.min(parallelism, pods),
      backoffLimitPerIndex: RETRIES,
      ...(maxFailedIndexes === null
        ? {}
        : { maxFailedIndexes: Math.min(maxFailedIndexes, pods, MAX_FAILED_INDEXES) }),
      // https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
      podFailurePolicy: {
        rules: [
          {
            action: 'FailIndex',
            onExitCodes: { containerName: container['name'], operator: 'In', values: LASTING_EXITS },
          },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
      ttlSecondsAfterFinished: request.ttl,
      template: {
        metadata: { labels: metadata.labels },
        spec: {
          restartPolicy: 'Never',
          serviceAccountName: account,
          enableServiceLinks: false,
          // What is not committed is rolled back, and the results are written.
          terminationGracePeriodSeconds: 30,
          containers: [{ ...container, args: request.words.map((word) => word.replaceAll('$(', '$$$$(')) }],
          volumes: createVolumes(request, history),
        },
      },
    },
  };
}
