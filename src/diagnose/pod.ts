import type { Container, ContainerStatus, Pod } from '../cluster/objects.js';
import type { Obstacle } from './obstacle.js';

// https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff, kubelet's images/types.go
const PULL =
  /^(?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/;
// kubelet's kuberuntime: a Secret that is missing, a command that is not there.
const CREATE =
  /^(?:CreateContainerConfigError|CreateContainerError|RunContainerError|StartError|PreStartHookError|PostStartHookError)$/;

/** What keeps a pod from taking connections; null for a ready one. From its status alone. */
export function getPodObstacle(pod: Pod): Obstacle | null {
  const { metadata, status } = pod;
  const name = metadata.name;
  const conditions = status.conditions ?? [];
  const isTrue = (type: string): boolean => conditions.some((c) => c.type === type && c.status === 'True');
  if (metadata.deletionTimestamp !== undefined) {
    return { code: 'POD_BEING_REPLACED', args: { pod: name }, passing: true };
  }
  if (isTrue('Ready')) return null;
  if (status.phase === 'Failed' || status.phase === 'Succeeded') {
    const reason = [status.reason, status.message].filter(Boolean).join(': ') || getExit(pod);
    return { code: 'POD_FAILED', args: { pod: name, phase: status.phase, reason }, passing: false };
  }
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    // A node may come: an autoscaler adds them, another pod makes room.
    return { code: 'POD_UNSCHEDULABLE', args: { pod: name, reason: scheduled.message ?? '' }, passing: true };
  }
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const container of statuses) {
    const found = getContainerObstacle(pod, container);
    if (found !== null) return found;
  }
  const waiting = statuses.find(({ state }) => state?.waiting !== undefined)?.state?.waiting;
  const running = (status.containerStatuses ?? []).find(
    ({ ready, state }) => !ready && state?.running !== undefined,
  );
  if (running !== undefined) {
    const reason =
      running.started === false
        ? 'its startup probe has not passed yet'
        : 'its readiness probe does not pass';
    return { code: 'POD_NOT_READY', args: { pod: name, container: running.name, reason }, passing: true };
  }
  const reason = [waiting?.reason ?? status.phase ?? 'Pending', waiting?.message].filter(Boolean).join(': ');
  return { code: 'POD_STARTING', args: { pod: name, reason }, passing: true };
}

function getContainerObstacle(pod: Pod, status: ContainerStatus): Obstacle | null {
  const args = { pod: pod.metadata.name, container: status.name };
  const { reason = '', message = '' } = status.state?.waiting ?? {};
  if (PULL.test(reason)) {
    const image = getContainer(pod, status.name)?.image ?? status.image ?? '';
    return {
      code: 'IMAGE_NOT_PULLABLE',
      args: { ...args, image, reason: getWords(reason, message) },
      passing: false,
    };
  }
  if (CREATE.test(reason)) {
    return {
      code: 'CONTAINER_NOT_CREATED',
      args: { ...args, reason: getWords(reason, message) },
      passing: false,
    };
  }
  const last = status.state?.terminated ?? status.lastState?.terminated;
  const restarts = status.restartCount;
  if (last?.reason === 'OOMKilled' && !status.ready) {
    return { code: 'POD_OOM_KILLED', args: { ...args, restarts }, passing: false };
  }
  // Between its end and the kubelet's word for it, one that had ended before.
  const hasEndedTwice = status.state?.terminated !== undefined && status.lastState?.terminated !== undefined;
  if (reason === 'CrashLoopBackOff' || hasEndedTwice) {
    return {
      code: 'POD_CRASH_LOOP',
      args: { ...args, exitCode: last?.exitCode ?? null, restarts },
      passing: false,
    };
  }
  return null;
}

const getContainer = ({ spec }: Pod, name: string): Container | undefined =>
  [...spec.containers, ...(spec.initContainers ?? [])].find((container) => container.name === name);

const getWords = (reason: string, message: string): string =>
  message === '' ? reason : `${reason}: ${message}`;

function getExit({ status }: Pod): string {
  const ended = (status.containerStatuses ?? []).find(({ state }) => state?.terminated !== undefined);
  if (ended === undefined) return '';
  return `container ${ended.name} ended with exit code ${ended.state?.terminated?.exitCode ?? 'unknown'}`;
}
