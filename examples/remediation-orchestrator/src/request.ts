/** How far a remediation is. */
export type Phase = 'Pending' | 'Processing' | 'AwaitingApproval' | 'Executing' | 'Completed' | 'Failed';

/** What audit_events calls it: https://github.com/jordigilh/kubernaut has the names. */
export type EventType =
  | 'orchestrator.lifecycle.created'
  | 'orchestrator.lifecycle.started'
  | 'orchestrator.lifecycle.transitioned'
  | 'orchestrator.lifecycle.completed'
  | 'orchestrator.lifecycle.failed'
  | 'orchestrator.approval.requested'
  | 'orchestrator.approval.approved'
  | 'orchestrator.approval.rejected';

/** One row of audit_events that is, or is to be, there. */
export interface RecordedEvent {
  readonly type: EventType;
  /** Empty: before the first phase. */
  readonly from: Phase | '';
  readonly to: Phase;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface RequestStatus {
  readonly phase: Phase;
  readonly reason: string;
  readonly decision?: Decision;
  /** In order; the status is the outbox: an event is in it before it is in the table, and stays. */
  readonly events: readonly RecordedEvent[];
  /** How many of them are in the table. */
  readonly audited: number;
}

export type Decision = 'approved' | 'refused';

/** A RemediationRequest as the API server has it. */
export interface RemediationRequest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly deployment: string; readonly requiresApproval?: boolean };
  readonly status?: Partial<RequestStatus>;
}

export const GROUP = 'remediation.kubernaut.example';
export const VERSION = 'v1alpha1';
export const PLURAL = 'remediationrequests';
/** `approved` or `refused`; status.decision says the same. */
export const DECISION = `${GROUP}/decision`;
