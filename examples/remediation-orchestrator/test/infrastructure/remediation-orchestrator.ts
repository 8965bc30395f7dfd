import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import {
  createRemediationOrchestratorCluster,
  deleteRemediationOrchestratorCluster,
  type RemediationOrchestratorOptions,
} from 'plinth/kubernaut';
import { DECISION, GROUP, PLURAL, type RemediationRequest, VERSION } from '../../src/request.js';

/** Where the suite works, and what with. */
export interface Setup {
  readonly kubeconfig: string;
  readonly postgresImage: string;
  readonly controllerImage: string;
  readonly output: Writable;
}

/** The Remediation Orchestrator in a namespace of its own, and what the suite does there. */
export interface Infrastructure {
  readonly namespace: string;
  readonly options: RemediationOrchestratorOptions;
  readonly config: KubeConfig;
  create(): Promise<void>;
  createRequest(name: string, spec: RemediationRequest['spec']): Promise<void>;
  /** Approves or refuses: by the annotation, as people do, or by the status. */
  decide(name: string, decision: 'approved' | 'refused', by?: 'annotation' | 'status'): Promise<void>;
  /** Lets so many controllers run. */
  scale(replicas: number): Promise<void>;
  /** Waits until a request is in a phase and all of its events are in the table; the error tells how it is. */
  waitFor(name: string, phase: string): Promise<RemediationRequest>;
  remove(): Promise<void>;
}

/** Prepares it; `create` makes it. */
export async function createInfrastructure(setup: Setup): Promise<Infrastructure> {
  const { AppsV1Api, CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } = await import(
    '@kubernetes/client-node'
  );
  const config = new KubeConfig();
  config.loadFromFile(setup.kubeconfig);
  const objects: CustomObjectsApi = config.makeApiClient(CustomObjectsApi);
  const namespace = `plinth-test-ro-${randomBytes(3).toString('hex')}`;
  const options = {
    namespace,
    postgresImage: setup.postgresImage,
    controllerImage: setup.controllerImage,
  };
  const which = { group: GROUP, version: VERSION, namespace, plural: PLURAL };
  return {
    namespace,
    options,
    config,
    create: () => createRemediationOrchestratorCluster(setup.kubeconfig, setup.output, options),
    async createRequest(name, spec) {
      const body = {
        apiVersion: `${GROUP}/${VERSION}`,
        kind: 'RemediationRequest',
        metadata: { name },
        spec,
      };
      await objects.createNamespacedCustomObject({ ...which, body });
    },
    async decide(name, decision, by = 'annotation') {
      const header = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
      if (by === 'status') {
        const body = { status: { decision } };
        await objects.patchNamespacedCustomObjectStatus({ ...which, name, body }, header);
        return;
      }
      const body = { metadata: { annotations: { [DECISION]: decision } } };
      await objects.patchNamespacedCustomObject({ ...which, name, body }, header);
    },
    async scale(replicas) {
      const which = { namespace, name: 'remediation-orchestrator' };
      await config
        .makeApiClient(AppsV1Api)
        .replaceNamespacedDeploymentScale({ ...which, body: { metadata: which, spec: { replicas } } });
    },
    async waitFor(name, phase) {
      let found: RemediationRequest | undefined;
      for (const end = Date.now() + 150_000; Date.now() < end; ) {
        found = (await objects.getNamespacedCustomObject({ ...which, name })) as RemediationRequest;
        const { status = {} } = found;
        if (status.phase === phase && status.audited === status.events?.length) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`${name} is not ${phase}: ${JSON.stringify(found?.status)}`);
    },
    remove: () => deleteRemediationOrchestratorCluster(setup.kubeconfig, setup.output, { namespace }),
  };
}
