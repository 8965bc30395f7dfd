import type { AuditStore } from './audit-store.js';
import type { Cluster } from './cluster.js';
import { getLastTransition, getNextStatus, getStatus, getTransition } from './phases.js';
import type { RemediationRequest, RequestStatus } from './request.js';

/**
 * Takes a request one step further; true where there may be another one. Each step is written with the version that was read, so
 * of several controllers one takes it; events go into the status first and from there into the table, under ids of their own, so
 * none is lost and none is there twice, wherever this is cut off.
 */
export async function reconcile(name: string, cluster: Cluster, store: AuditStore): Promise<boolean> {
  const request = await cluster.read(name);
  if (request === null) return false;
  const { audited, events } = getStatus(request);
  if (audited < events.length) {
    await store.write(request);
    await cluster.writeStatus(request, { ...(getStatus(request) as RequestStatus), audited: events.length });
    return true;
  }
  const transition = getTransition(request);
  if (transition === null) return false;
  const next = transition === 'execute' ? getLastTransition(await execute(request, cluster)) : transition;
  await cluster.writeStatus(request, getNextStatus(request, next, new Date().toISOString()));
  return true;
}

// Twice the same restart is one: the time is that of the step to Executing.
async function execute(request: RemediationRequest, cluster: Cluster) {
  const { events } = getStatus(request);
  const at = events.findLast(({ to }) => to === 'Executing')!.at;
  return await cluster.restart(request.spec.deployment, at);
}
