/** What the words of each error about a cluster are made of; a finding of the same code has the same arguments. */
export interface ClusterErrorArgs {
  KUBECONFIG_MISSING: {
    readonly files: readonly string[];
    readonly from: 'option' | 'KUBECONFIG' | 'default';
  };
  KUBECONFIG_INVALID: { readonly file: string; readonly reason: string };
  CONTEXT_UNKNOWN: {
    readonly context: string;
    readonly contexts: readonly string[];
    readonly source: string;
  };
  CLUSTER_CREDENTIALS_FAILED: { readonly user: string; readonly source: string; readonly reason: string };
  API_UNREACHABLE: { readonly server: string; readonly reason: string };
  API_CERTIFICATE_UNTRUSTED: { readonly server: string; readonly reason: string; readonly source: string };
  API_CREDENTIALS_REFUSED: { readonly server: string; readonly context: string; readonly source: string };
  API_FAILED: { readonly server: string; readonly what: string; readonly reason: string };
  RIGHT_MISSING: {
    readonly verb: string;
    readonly resource: string;
    readonly group: string;
    readonly namespace: string | null;
    readonly reason: string;
  };
  /** The quota of a namespace is used up, for objects other than pods. */
  QUOTA_EXCEEDED: { readonly what: string; readonly namespace: string | null; readonly reason: string };
  NAMESPACE_MISSING: { readonly namespace: string; readonly nearest: readonly string[] };
  SERVICE_MISSING: {
    readonly service: string;
    readonly namespace: string;
    readonly nearest: readonly string[];
    readonly others: readonly string[];
  };
  SERVICE_WITHOUT_PODS: {
    readonly service: string | null;
    readonly namespace: string;
    /** Null: the service has no selector, and no pod stands behind its addresses. */
    readonly selector: string | null;
    /** The labels that come nearest, with the pod that has them. */
    readonly nearest: readonly { readonly pod: string; readonly labels: string }[];
  };
  SERVICE_WITHOUT_PORT: {
    readonly service: string;
    readonly port: string | null;
    readonly ports: readonly string[];
  };
  PORT_UNNAMED: { readonly pod: string; readonly port: string; readonly ports: readonly string[] };
  POD_MISSING: { readonly pod: string; readonly namespace: string; readonly nearest: readonly string[] };
  POD_UNSCHEDULABLE: { readonly pod: string; readonly reason: string };
  IMAGE_NOT_PULLABLE: {
    readonly pod: string;
    readonly container: string;
    readonly image: string;
    readonly reason: string;
  };
  CONTAINER_NOT_CREATED: { readonly pod: string; readonly container: string; readonly reason: string };
  POD_CRASH_LOOP: {
    readonly pod: string;
    readonly container: string;
    readonly exitCode: number | null;
    readonly restarts: number;
  };
  POD_OOM_KILLED: { readonly pod: string; readonly container: string; readonly restarts: number };
  POD_FAILED: { readonly pod: string; readonly phase: string; readonly reason: string };
  POD_NOT_READY: { readonly pod: string; readonly container: string; readonly reason: string };
  /** A controller may not make the pods of a workload: a quota, an admission rule. */
  WORKLOAD_REFUSED: { readonly kind: string; readonly name: string; readonly reason: string };
  POD_STARTING: { readonly pod: string; readonly reason: string };
  POD_BEING_REPLACED: { readonly pod: string };
  PORT_CLOSED: { readonly pod: string; readonly port: number };
  NOT_POSTGRES: { readonly target: string };
  CREDENTIAL_MISSING: {
    readonly kind: 'Secret' | 'ConfigMap';
    readonly object: string;
    readonly key: string;
    readonly namespace: string;
    /** Null: it does not exist. */
    readonly keys: readonly string[] | null;
  };
}
