import { createHash } from 'node:crypto';
import type { ClusterObject } from '../kinds.js';
import { createRights } from './account.js';
import { APPLY_CONTAINER, createContainer, createVolumes } from './container.js';
import { createFolderObjects, getFolderDigest } from './folder.js';
import { getBaseName, getMetadata, type ManifestRequest } from './request.js';
import { withStyle } from './style.js';

const RETRIES = 3;
// What the same again does not mend: input, history, a migration, tables, ledger, roles, the outcome, the lock file (docs/cli.md).
const LASTING_EXIT_CODES = [2, 3, 5, 6, 7, 8, 10, 11];
// For scheduling, pulling the image and the growing pauses between attempts.
const MARGIN_S = 300;

/**
 * A Job that applies, with its account, its rights and the folder. A Job cannot be changed: a plain one is named by what it runs,
 * so that the same again is the same Job, and anything else a new one. Helm and Argo CD delete the one before.
 */
export function createJobObjects(request: ManifestRequest): readonly ClusterObject[] {
  const { style, folder } = request;
  const name = getBaseName(request.service);
  const isNamed = style === 'plain';
  const configMap = isNamed ? `${name}-${getFolderDigest(folder)}` : name;
  const spec = createSpec(request, name, configMap);
  const digest = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 8);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: getMetadata(request, name) },
    ...createRights(request, name, name),
    ...createFolderObjects(request, configMap, isNamed ? { immutable: true } : {}),
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: getMetadata(request, isNamed ? `${name}-${digest}` : name),
      spec,
    },
  ].map((object) => withStyle(object, style));
}

function createSpec(request: ManifestRequest, account: string, configMap: string) {
  const { labels } = getMetadata(request, account);
  return {
    backoffLimit: RETRIES,
    activeDeadlineSeconds: Math.ceil(request.timeout / 1000) * (RETRIES + 1) + MARGIN_S,
    ttlSecondsAfterFinished: request.ttl,
    // https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
    podFailurePolicy: {
      rules: [
        {
          action: 'FailJob',
          onExitCodes: { containerName: APPLY_CONTAINER, operator: 'In', values: LASTING_EXIT_CODES },
        },
      ],
    },
    template: {
      metadata: { labels },
      spec: {
        restartPolicy: 'Never',
        serviceAccountName: account,
        // A URL is reached without the API server.
        ...(request.urlSecret === null ? {} : { automountServiceAccountToken: false }),
        // Their variables might be taken for options.
        enableServiceLinks: false,
        containers: [createContainer(request, 'apply')],
        volumes: createVolumes(request, configMap),
      },
    },
  };
}
