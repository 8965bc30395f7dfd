import {
  DECISION,
  type Decision,
  type EventType,
  type Phase,
  type RemediationRequest,
  type RequestStatus,
} from './request.js';

/** What the execution of a remediation came to. */
export interface Outcome {
  readonly ok: boolean;
  readonly reason: string;
}

/** A step to the next phase, and what of it is told. */
export interface Transition {
  readonly to: Phase;
  readonly reason: string;
  readonly types: readonly EventType[];
}

/** The status with nothing left out, as a request that was just created has none. */
export function getStatus({
  status = {},
}: RemediationRequest): Omit<RequestStatus, 'phase'> & { phase: Phase | '' } {
  return {
    phase: status.phase ?? '',
    reason: status.reason ?? '',
    ...(status.decision === undefined ? {} : { decision: status.decision }),
    events: status.events ?? [],
    audited: status.audited ?? 0,
  };
}

/** The next step of a request; `execute` where that is to be found out by executing it, null where there is none, or none yet. */
export function getTransition(request: RemediationRequest): Transition | 'execute' | null {
  switch (getStatus(request).phase) {
    case '':
      return create('Pending', 'the request was created', 'orchestrator.lifecycle.created');
    case 'Pending':
      return create('Processing', 'the request was taken up', 'orchestrator.lifecycle.started');
    case 'Processing':
      return request.spec.requiresApproval === true
        ? create(
            'AwaitingApproval',
            'the request requires approval',
            TRANSITIONED,
            'orchestrator.approval.requested',
          )
        : create('Executing', 'the request requires no approval', TRANSITIONED);
    case 'AwaitingApproval':
      return getDecided(getDecision(request));
    case 'Executing':
      return 'execute';
    case 'Completed':
    case 'Failed':
      return null;
  }
}

/** The last step, from what executing came to. */
export const getLastTransition = ({ ok, reason }: Outcome): Transition =>
  ok
    ? create('Completed', reason, 'orchestrator.lifecycle.completed')
    : create('Failed', reason, 'orchestrator.lifecycle.failed');

/** The status after a step, with its events to be written. */
export function getNextStatus(
  request: RemediationRequest,
  { to, reason, types }: Transition,
  at: string,
): RequestStatus {
  const status = getStatus(request);
  const events = types.map((type) => ({ type, from: status.phase, to, reason, at }));
  return { ...status, phase: to, reason, events: [...status.events, ...events] };
}

const TRANSITIONED = 'orchestrator.lifecycle.transitioned';

const create = (to: Phase, reason: string, ...types: readonly EventType[]): Transition => ({
  to,
  reason,
  types,
});

function getDecided(decision: Decision | null): Transition | null {
  if (decision === null) return null;
  return decision === 'approved'
    ? create('Executing', 'approved', 'orchestrator.approval.approved', TRANSITIONED)
    : create('Failed', 'refused', 'orchestrator.approval.rejected', 'orchestrator.lifecycle.failed');
}

function getDecision({ metadata, status }: RemediationRequest): Decision | null {
  const given = status?.decision ?? metadata.annotations?.[DECISION];
  return given === 'approved' || given === 'refused' ? given : null;
}
