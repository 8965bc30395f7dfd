import { ApiError, type Ask } from '../cluster/api.js';
import { CredentialMissing } from '../cluster/credentials.js';
import type { ClusterAccess } from '../cluster/kube-config.js';
import type { TunnelTarget } from '../cluster/tunnel.js';
import type { Obstacle } from './obstacle.js';

/** What an API request that failed says; null for an error that is none of a cluster's. */
export function getRequestObstacle(error: unknown, access: ClusterAccess): Obstacle | null {
  if (!(error instanceof ApiError)) return null;
  const { ask, message: reason, problem } = error;
  const { context, server, source } = access;
  const { group, namespace, resource, verb } = ask;
  // Of an object that was to be made there.
  if (namespace !== null && reason === `namespaces "${namespace}" not found`)
    return { code: 'NAMESPACE_MISSING', args: { namespace, nearest: [] }, passing: false };
  switch (problem) {
    case 'certificate':
      return { code: 'API_CERTIFICATE_UNTRUSTED', args: { server, reason, source }, passing: false };
    case 'unreachable':
      return { code: 'API_UNREACHABLE', args: { server, reason }, passing: false };
    case 'unauthorized':
      return { code: 'API_CREDENTIALS_REFUSED', args: { server, context, source }, passing: false };
    case 'forbidden':
      // https://kubernetes.io/docs/concepts/policy/resource-quotas/: answered as a right that is missing is.
      if (reason.includes('exceeded quota:'))
        return { code: 'QUOTA_EXCEEDED', args: { what: getWhat(ask), namespace, reason }, passing: false };
      return { code: 'RIGHT_MISSING', args: { verb, resource, group, namespace, reason }, passing: false };
    case 'not-found':
    case 'refused':
    case 'failed': {
      // An API server that starts answers 500 and 503 for a while.
      return {
        code: 'API_FAILED',
        args: { server, what: getWhat(ask), reason },
        passing: problem === 'failed',
      };
    }
  }
}

const getWhat = ({ verb, resource, name }: Ask): string =>
  `${verb} ${resource}${name === null ? '' : ` ${name}`}`;

/** What a tunnel, or a connection to a pod, that broke or never came to be says. */
export function getTunnelObstacle(error: unknown, { pod, port }: TunnelTarget): Obstacle | null {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') return null;
  return { code: 'PORT_CLOSED', args: { pod, port }, passing: true, evidence: [error.message] };
}

/** What a Secret or ConfigMap that lacks what is asked of it says. */
export function getCredentialObstacle(error: unknown, namespace: string): Obstacle | null {
  if (!(error instanceof CredentialMissing)) return null;
  const { key, keys, kind, object } = error;
  return { code: 'CREDENTIAL_MISSING', args: { kind, object, key, namespace, keys }, passing: false };
}
