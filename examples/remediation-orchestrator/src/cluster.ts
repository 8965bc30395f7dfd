import {
  AppsV1Api,
  CustomObjectsApi,
  type Informer,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import type { Outcome } from './phases.js';
import { GROUP, PLURAL, type RemediationRequest, type RequestStatus, VERSION } from './request.js';

/** What the controller does in its namespace. */
export interface Cluster {
  createInformer(): Informer<RemediationRequest & KubernetesObject>;
  read(name: string): Promise<RemediationRequest | null>;
  /** Writes a status onto the version that was read; false where somebody was faster. */
  writeStatus(request: RemediationRequest, status: RequestStatus): Promise<boolean>;
  /** Restarts a Deployment; with the same time again it changes nothing. */
  restart(deployment: string, at: string): Promise<Outcome>;
}

/** The cluster of the pod that this runs in, or of KUBECONFIG. */
export function createCluster(namespace: string): Cluster {
  const config = new KubeConfig();
  config.loadFromDefault();
  const objects = config.makeApiClient(CustomObjectsApi);
  const apps = config.makeApiClient(AppsV1Api);
  const which = { group: GROUP, version: VERSION, namespace, plural: PLURAL };
  type Listed = RemediationRequest & KubernetesObject;
  return {
    createInformer: () =>
      makeInformer<Listed>(
        config,
        `/apis/${GROUP}/${VERSION}/namespaces/${namespace}/${PLURAL}`,
        async () => (await objects.listNamespacedCustomObject(which)) as KubernetesListObject<Listed>,
      ),
    async read(name) {
      try {
        return (await objects.getNamespacedCustomObject({ ...which, name })) as RemediationRequest;
      } catch (error) {
        if (getCode(error) === 404) return null;
        throw error;
      }
    },
    async writeStatus(request, status) {
      const { name } = request.metadata;
      try {
        await objects.replaceNamespacedCustomObjectStatus({ ...which, name, body: { ...request, status } });
        return true;
      } catch (error) {
        if (getCode(error) === 409 || getCode(error) === 404) return false;
        throw error;
      }
    },
    async restart(deployment, at) {
      const annotations = { 'kubectl.kubernetes.io/restartedAt': at };
      const body = { spec: { template: { metadata: { annotations } } } };
      try {
        await apps.patchNamespacedDeployment(
          { name: deployment, namespace, body },
          setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
        );
        return { ok: true, reason: `restarted deployment ${deployment}` };
      } catch (error) {
        if (getCode(error) === 404) return { ok: false, reason: `there is no deployment ${deployment}` };
        throw error;
      }
    },
  };
}

const getCode = (error: unknown): unknown => (error as { readonly code?: unknown }).code;
