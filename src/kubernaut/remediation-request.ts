import type { ClusterObject } from '../cluster/kinds.js';

/** The API group of the resource that the Remediation Orchestrator works on. */
export const REMEDIATION_GROUP = 'remediation.kubernaut.example';
/** Its version. */
export const REMEDIATION_VERSION = 'v1alpha1';

const TEXT = { type: 'string' } as const;

/** The definition of `RemediationRequest`: a Deployment to be restarted, perhaps after somebody approved. */
export const remediationRequestDefinition: ClusterObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `remediationrequests.${REMEDIATION_GROUP}` },
  spec: {
    group: REMEDIATION_GROUP,
    scope: 'Namespaced',
    names: {
      kind: 'RemediationRequest',
      listKind: 'RemediationRequestList',
      plural: 'remediationrequests',
      singular: 'remediationrequest',
      shortNames: ['rr'],
    },
    versions: [
      {
        name: REMEDIATION_VERSION,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
          { name: 'Reason', type: 'string', jsonPath: '.status.reason' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['deployment'],
                properties: {
                  deployment: { ...TEXT, description: 'The Deployment of this namespace that is restarted.' },
                  requiresApproval: { type: 'boolean', default: false },
                },
              },
              status: {
                type: 'object',
                properties: {
                  phase: {
                    ...TEXT,
                    enum: ['Pending', 'Processing', 'AwaitingApproval', 'Executing', 'Completed', 'Failed'],
                  },
                  reason: TEXT,
                  decision: { ...TEXT, enum: ['approved', 'refused'] },
                  events: {
                    description: 'What is to be in audit_events, in order; the first `audited` of them are.',
                    type: 'array',
                    items: {
                      type: 'object',
                      required: ['type', 'from', 'to', 'reason', 'at'],
                      properties: { type: TEXT, from: TEXT, to: TEXT, reason: TEXT, at: TEXT },
                    },
                  },
                  audited: { type: 'integer', minimum: 0 },
                },
              },
            },
          },
        },
      },
    ],
  },
};
