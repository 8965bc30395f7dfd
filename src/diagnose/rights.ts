import { type Api, ApiError, type Ask } from '../cluster/api.js';
import { ASKS } from '../cluster/asks.js';
import { isInside } from '../cluster/connection.js';
import type { Wanted } from '../cluster/surroundings.js';
import type { Finding } from '../model/finding.js';
import type { Obstacle } from './obstacle.js';

/** Which rights there are of those that a run needs, and of those that only make errors say more. */
export interface Rights {
  readonly allowed: readonly string[];
  readonly missing: readonly Obstacle[];
  readonly findings: readonly Finding[];
}

/** What a request is about. */
export type Right = Pick<Ask, 'verb' | 'resource' | 'group' | 'namespace' | 'name'>;

// From here on a tunnel takes `create` beside `get` (AuthorizePodWebsocketUpgradeCreatePermission):
// https://github.com/kubernetes/kubernetes/issues/133515
const CREATE_SINCE = 35;

/** Asks the API server what this user may; null where it does not tell. https://kubernetes.io/docs/reference/access-authn-authz/authorization/ */
export async function readRights(
  api: Api,
  wanted: Wanted,
  minor: number,
  signal?: AbortSignal,
): Promise<Rights | null> {
  try {
    const [needed, kind] = await Promise.all([
      Promise.all(
        getNeeded(wanted, minor, isInside(api.access)).map((right) => readRight(api, right, signal)),
      ),
      Promise.all(getKind(wanted).map((right) => readRight(api, right, signal))),
    ]);
    const missing = needed.filter(({ allowed }) => !allowed);
    const lacking = kind.filter(({ allowed }) => !allowed);
    return {
      allowed: needed.filter(({ allowed }) => allowed).map(({ right }) => renderRight(right)),
      missing: missing.map(({ right, reason }) => createMissing(right, reason)),
      findings:
        lacking.length === 0
          ? []
          : [
              {
                code: 'RIGHTS_OF_EVIDENCE_MISSING',
                severity: 'info',
                args: { rights: lacking.map(({ right }) => renderRight(right)) },
              },
            ],
    };
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

/** Those of these rights that there are not; none where the API server does not tell. */
export async function readMissingRights(
  api: Api,
  rights: readonly Right[],
  signal?: AbortSignal,
): Promise<readonly Obstacle[]> {
  try {
    const answers = await Promise.all(rights.map((right) => readRight(api, right, signal)));
    return answers.filter(({ allowed }) => !allowed).map(({ right, reason }) => createMissing(right, reason));
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

const renderRight = ({ verb, resource }: Right): string => `${verb} ${resource}`;

function createMissing({ verb, resource, group, namespace }: Right, reason: string): Obstacle {
  return {
    code: 'RIGHT_MISSING',
    args: { verb, resource, group, namespace, reason: reason || 'no rule allows it' },
    passing: false,
  };
}

// The tunnel to any pod: its name is not known yet.
const getTunnel = (namespace: string, verb: Ask['verb']): Right => ({
  verb,
  resource: 'pods/portforward',
  group: '',
  namespace,
  name: null,
});

function getNeeded(
  { namespace, pod, service }: Wanted,
  minor: number,
  takesNoTunnel: boolean,
): readonly Right[] {
  const tunnel = [
    getTunnel(namespace, 'get'),
    ...(minor >= CREATE_SINCE ? [getTunnel(namespace, 'create')] : []),
  ];
  return [
    ...(service === null ? [] : [ASKS.service(namespace, service)]),
    pod === null ? ASKS.pods(namespace, '') : ASKS.pod(namespace, pod),
    ...(takesNoTunnel ? [] : tunnel),
  ];
}

function getKind({ namespace }: Wanted): readonly Right[] {
  return [
    ASKS.watchPods(namespace, '', ''),
    { ...ASKS.logs(namespace, '', '', false), name: null },
    ASKS.events(namespace, ''),
    ASKS.services(namespace),
    ASKS.namespace(namespace),
  ];
}

async function readRight(
  api: Api,
  right: Right,
  signal?: AbortSignal,
): Promise<{ readonly right: Right; readonly allowed: boolean; readonly reason: string }> {
  const { group, name, namespace, resource: path, verb } = right;
  const [resource, subresource] = path.split('/');
  const attributes = {
    group,
    resource,
    verb,
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === null ? {} : { name }),
    // A namespace is asked for within itself: a RoleBinding there may allow it.
    namespace: namespace ?? name ?? '',
  };
  const review = await api.create<{ status?: { allowed?: boolean; reason?: string } }>(
    ASKS.accessReview(),
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: attributes },
    },
    signal,
  );
  return { right, allowed: review.status?.allowed === true, reason: review.status?.reason ?? '' };
}
