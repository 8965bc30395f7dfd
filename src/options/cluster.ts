import type { Check, Shape } from './check.js';

/** Which PostgreSQL of a Kubernetes cluster is meant, and who connects to it. */
export interface ClusterOptions {
  /** The kubeconfig file, or several joined as in KUBECONFIG. Default: KUBECONFIG, `~/.kube/config`, the pod's service account. */
  kubeconfig?: string;
  /** Default: the current one. */
  context?: string;
  /** Default: the context's own, else `default`. */
  namespace?: string;
  /** The service of the PostgreSQL. Default: `postgres`. */
  postgresService?: string;
  /** This pod instead of a service. Default: none. */
  pod?: string;
  /** The pods with these labels instead of a service: `app=postgres`. Default: none. */
  selector?: string;
  /** The service's port (the pod's, without a service), by number or name. Default: PostgreSQL's. */
  port?: string | number;
  /** Default: PGUSER, else what the pod's spec says, else `postgres`. */
  user?: string;
  /** Default: PGDATABASE, else what the pod's spec says, else the user's name. */
  database?: string;
  /** Default: PGPASSWORD, the password file, what the pod's spec says. */
  password?: string;
  /** A Secret of the namespace that holds the password: `name/key`. Default: none. */
  passwordSecret?: string;
}

/** `ClusterOptions` with every default filled in; exactly one of `service`, `pod` and `selector` is set. */
export interface ResolvedClusterTarget {
  readonly kubeconfig: string | null;
  readonly context: string | null;
  readonly namespace: string | null;
  readonly service: string | null;
  readonly pod: string | null;
  readonly selector: string | null;
  readonly port: string | null;
  readonly user: string | null;
  readonly database: string | null;
  /** Non-enumerable, so that it gets into no log. */
  readonly password: string | null;
  readonly passwordSecret: { readonly name: string; readonly key: string } | null;
}

// RFC 1123, as Kubernetes has it: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
export const CLUSTER_NAME: Shape = [
  /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
  'a name of lower-case letters, digits and dashes',
];
export const CLUSTER_SELECTOR: Shape = [/^[^\s,][^,]*(,[^,]+)*$/, 'labels such as app=postgres,tier=db'];
export const CLUSTER_PORT: Shape = [
  /^(\d{1,5}|[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?)$/,
  'a port number or the name of a port',
];
export const CLUSTER_SECRET: Shape = [/^[a-z0-9][-a-z0-9.]*\/[-._a-zA-Z0-9]+$/, 'NAME/KEY of a Secret'];
// Those that say that a cluster is meant.
const MARKS = ['kubeconfig', 'context', 'namespace', 'postgresService', 'pod', 'selector'] as const;

/** Reads which PostgreSQL of a cluster is meant; null where no option speaks of a cluster. */
export function resolveCluster(check: Check<keyof ClusterOptions>): ResolvedClusterTarget | null {
  const isMeant = check.isGiven(...MARKS);
  const secret = check.matching('passwordSecret', CLUSTER_SECRET);
  const port = check.value('port');
  const target = {
    kubeconfig: check.text('kubeconfig'),
    context: check.text('context'),
    namespace: check.matching('namespace', CLUSTER_NAME),
    service: check.matching('postgresService', CLUSTER_NAME),
    pod: check.matching('pod', CLUSTER_NAME),
    selector: check.matching('selector', CLUSTER_SELECTOR),
    port: typeof port === 'number' ? String(port) : check.matching('port', CLUSTER_PORT),
    user: check.text('user'),
    database: check.text('database'),
    passwordSecret:
      secret === null ? null : { name: secret.split('/')[0]!, key: secret.slice(secret.indexOf('/') + 1) },
  };
  const password = check.text('password');
  const ways = [target.service, target.pod, target.selector].filter((way) => way !== null).length;
  if (ways > 1) check.problems.push('one way to the pod only: the service, the pod or the selector');
  if (password !== null && secret !== null) check.problems.push('the password or its Secret, not both');
  if (!isMeant) {
    const only = (['port', 'user', 'database', 'password', 'passwordSecret'] as const).filter((key) =>
      check.isGiven(key),
    );
    for (const key of only)
      check.problems.push(`${check.getName(key)} is for a cluster: give the namespace, too`);
    return null;
  }
  const resolved = { ...target, service: ways === 0 ? 'postgres' : target.service };
  Object.defineProperty(resolved, 'password', { value: password, enumerable: false });
  return Object.freeze(resolved) as ResolvedClusterTarget;
}
