import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterObject } from '../cluster/kinds.js';
import { isPlinthError, PlinthError } from '../errors.js';
import { REMEDIATION_LINES, REMEDIATION_STEPS, renderImageProblem } from '../report/remediation-words.js';
import { createWorkloads, type Within, type Workloads } from '../run/workload.js';
import { VERSION } from '../version.js';
import { applyMigrations } from './apply-migrations.js';
import { CONTROLLER_PODS, createControllerObjects } from './controller-objects.js';
import { createPostgresObjects, createPostgresSecret, POSTGRES_PODS } from './postgres-objects.js';
import { remediationRequestDefinition } from './remediation-request.js';

/** What of the Remediation Orchestrator's cluster can be chosen. */
export interface RemediationOrchestratorOptions {
  /** Default: `kubernaut-system`. */
  readonly namespace?: string;
  /** An image that takes the variables of Docker's official one. Default: `docker.io/library/postgres:18.1`. */
  readonly postgresImage?: string;
  /** The controller of `examples/remediation-orchestrator`. Default: `localhost/plinth/remediation-orchestrator:` and Plinth's version. */
  readonly controllerImage?: string;
  /** For the pods to become ready, in milliseconds; migrations have 30 s of their own. Default: 180,000. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

const MANAGED = { 'app.kubernetes.io/managed-by': 'plinth' };
const MIGRATIONS_TIMEOUT_MS = 30_000;
const PAUSE_MS = 250;

/**
 * Brings a namespace to have a PostgreSQL with `audit_events`, and the Remediation Orchestrator; calling it again, or twice at
 * once, changes nothing more. The lines of it go to `output`.
 *
 * @throws PlinthError CLUSTER_STEP_FAILED, whose `cause` is what happened: `failed to apply migrations: …`
 */
export async function createRemediationOrchestratorCluster(
  kubeconfigPath: string,
  output: Writable,
  options: RemediationOrchestratorOptions = {},
): Promise<void> {
  const { namespace, postgresImage, controllerImage, timeout, signal } = resolve(options);
  const within = { timeoutMs: timeout, signal };
  const tell = (line: string): unknown => output.write(`${line}\n`);
  const workloads = await step('namespace', () => createWorkloads(kubeconfigPath || null));

  await step('namespace', () => ensureNamespace(workloads, namespace, within));
  tell(REMEDIATION_LINES.namespace(namespace));

  await step('postgres', async () => {
    const password = randomBytes(16).toString('hex');
    await workloads.createOnce(createPostgresSecret({ namespace, image: postgresImage, password }), signal);
    const objects = createPostgresObjects({ namespace, image: postgresImage });
    await workloads.apply(objects, signal);
    await workloads.waitForReady(objects.at(-1)!, POSTGRES_PODS, within);
  });
  tell(REMEDIATION_LINES.postgres(postgresImage));

  await step('migrations', () =>
    applyMigrations(
      {
        kubeconfigPath,
        namespace,
        tables: ['audit_events'],
        timeout: MIGRATIONS_TIMEOUT_MS,
        logger: output,
        service: 'remediationorchestrator',
      },
      signal === undefined ? {} : { signal },
    ),
  );

  await step('controller', async () => {
    await workloads.apply([remediationRequestDefinition], signal);
    await waitForDefinition(workloads, within);
    const objects = createControllerObjects(namespace, controllerImage);
    await workloads.apply(objects, signal);
    await workloads.waitForReady(objects.at(-1)!, CONTROLLER_PODS, within);
  });
  tell(REMEDIATION_LINES.controller(controllerImage));
}

/**
 * Takes away what createRemediationOrchestratorCluster made in a namespace, and the namespace where it made that, and waits until
 * it is gone. The definition of RemediationRequest stays: other namespaces may have some.
 *
 * @throws PlinthError CLUSTER_STEP_FAILED
 */
export async function deleteRemediationOrchestratorCluster(
  kubeconfigPath: string,
  output: Writable,
  options: RemediationOrchestratorOptions = {},
): Promise<void> {
  const { namespace, postgresImage, controllerImage, timeout, signal } = resolve(options);
  const tell = (line: string): unknown => output.write(`${line}\n`);
  await step('deletion', async () => {
    const workloads = await createWorkloads(kubeconfigPath || null);
    const place = createNamespaceObject(namespace);
    const found = await workloads.read<ClusterObject>(place, signal);
    if (found === null) return tell(REMEDIATION_LINES.absent(namespace));
    const objects = [
      ...createControllerObjects(namespace, controllerImage),
      ...createPostgresObjects({ namespace, image: postgresImage }),
      createPostgresSecret({ namespace, image: postgresImage, password: '' }),
    ];
    const within = { timeoutMs: timeout, signal };
    // A namespace that ends looks for pods again only after as long as one of them might take.
    for (const object of objects.reverse()) await workloads.remove(object, signal);
    for (const selector of [CONTROLLER_PODS.selector, POSTGRES_PODS.selector]) {
      const areGone = async (): Promise<boolean> => !(await workloads.hasPods(namespace, selector, signal));
      await waitUntil(areGone, `the pods of ${selector} go`, within);
    }
    if (found.metadata.labels?.['app.kubernetes.io/managed-by'] !== 'plinth')
      return tell(REMEDIATION_LINES.kept(namespace));
    await workloads.remove(place, signal);
    const isGone = async (): Promise<boolean> => (await workloads.read(place, signal)) === null;
    await waitUntil(isGone, `namespace ${namespace} goes`, within);
    return tell(REMEDIATION_LINES.deleted(namespace));
  });
}

function resolve(options: RemediationOrchestratorOptions) {
  const {
    namespace = 'kubernaut-system',
    postgresImage = 'docker.io/library/postgres:18.1',
    controllerImage = `localhost/plinth/remediation-orchestrator:${VERSION}`,
    timeout = 180_000,
    signal,
  } = options;
  const problems = Object.entries({ postgresImage, controllerImage })
    .filter(([, image]) => !/[^/]:[\w][\w.-]*$|@sha256:/.test(image) || /:latest$/.test(image))
    .map(([option, image]) => renderImageProblem(option, image));
  if (problems.length > 0) throw new PlinthError('OPTIONS_INVALID', { problems });
  return { namespace, postgresImage, controllerImage, timeout, signal };
}

const createNamespaceObject = (name: string): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: MANAGED },
});

// One that is there already stays whose it is; who may use it need not be allowed to make it.
async function ensureNamespace(workloads: Workloads, name: string, within: Within): Promise<void> {
  const object = createNamespaceObject(name);
  const read = () => workloads.read<{ status?: { phase?: string } }>(object, within.signal);
  const isEnding = async (): Promise<boolean> => (await read())?.status?.phase === 'Terminating';
  await waitUntil(async () => !(await isEnding()), `namespace ${name} of before goes`, within);
  if ((await read()) === null) await workloads.createOnce(object, within.signal);
}

async function waitForDefinition(workloads: Workloads, within: Within): Promise<void> {
  interface Definition {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }
  await waitUntil(
    async () => {
      const found = await workloads.read<Definition>(remediationRequestDefinition, within.signal);
      const conditions = found?.status?.conditions ?? [];
      return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
    },
    'the definition of RemediationRequest is established',
    within,
  );
}

async function waitUntil(
  isSo: () => Promise<boolean>,
  phase: string,
  { timeoutMs, signal }: Within,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (signal?.aborted === true) throw new PlinthError('ABORTED', { phase: `waiting until ${phase}` });
    if (performance.now() > end)
      throw new PlinthError('TIMEOUT', { phase: `waiting until ${phase}`, budgetMs: timeoutMs });
    await sleep(PAUSE_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}

async function step<T>(name: keyof typeof REMEDIATION_STEPS, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const known = isPlinthError(cause) ? cause : null;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlinthError(
      'CLUSTER_STEP_FAILED',
      { step: REMEDIATION_STEPS[name], reason, advice: known?.hint ?? null },
      {
        cause,
        ...(known === null ? {} : { findings: known.findings, calls: known.calls }),
        ...(known?.place === undefined ? {} : { place: known.place }),
      },
    );
  }
}
