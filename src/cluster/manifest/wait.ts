import type { ClusterObject } from '../kinds.js';
import { createRights } from './account.js';
import { createContainer, createVolumes } from './container.js';
import { createFolderObjects, getFolderDigest } from './folder.js';
import { type Consumer, getBaseName, type ManifestRequest } from './request.js';

/**
 * An init container that waits, as a patch of the consumer's workload, with the rights of the consumer's service account and the
 * folder. The patch is the last of the objects.
 */
export function createWaitObjects(
  request: ManifestRequest,
  consumer: Consumer,
  account: string,
): readonly ClusterObject[] {
  const name = `${getBaseName(request.service)}-wait`;
  const configMap = `${name}-${getFolderDigest(request.folder)}`;
  const { namespace } = request;
  return [
    ...createRights(request, name, account),
    ...createFolderObjects(request, configMap, { immutable: true }),
    {
      apiVersion: 'apps/v1',
      kind: consumer.kind,
      metadata: { name: consumer.name, namespace },
      spec: {
        template: {
          spec: {
            initContainers: [createContainer(request, 'wait')],
            volumes: createVolumes(request, configMap),
          },
        },
      },
    },
  ];
}
