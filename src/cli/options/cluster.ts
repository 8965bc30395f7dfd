import { CLUSTER, DATABASE, type OptionRow, row } from './row.js';

/** Which PostgreSQL of a Kubernetes cluster, and as whom. */
export const CLUSTER_ROWS: readonly OptionRow[] = [
  row('Cluster', CLUSTER, 'text', '--namespace <name>', 'the namespace of a PostgreSQL in Kubernetes', {
    default: "the context's",
    decides: true,
    alternative: 'cluster',
  }),
  row(
    'Cluster',
    ['manifest'],
    'text',
    '--namespace <name>',
    'the namespace of the PostgreSQL, and of what is printed',
    { default: "with --style helm the release's", decides: true, alternative: 'cluster' },
  ),
  row('Cluster', ['fleet'], 'text', '--namespace <name>', 'where the Jobs run, and the databases are', {
    default: "the context's",
    decides: true,
    alternative: 'cluster',
  }),
  row('Cluster', [...CLUSTER, 'fleet'], 'text', '--kubeconfig <file>', 'how to reach the cluster', {
    completes: 'files',
    default: 'KUBECONFIG, ~/.kube/config, in a pod its service account',
    decides: true,
    alternative: 'cluster',
  }),
  row('Cluster', [...DATABASE, 'fleet'], 'text', '--context <name>', 'the context of the kubeconfig', {
    default: 'the current one',
    decides: true,
    alternative: 'cluster',
  }),
  row(
    'Cluster',
    [...CLUSTER, 'manifest', 'fleet'],
    'text',
    '--postgres-service <name>',
    'the service of the PostgreSQL',
    {
      default: 'postgres',
      decides: true,
      alternative: 'cluster',
    },
  ),
  row('Cluster', DATABASE, 'text', '--pod <name>', 'this pod instead of a service', {
    decides: true,
    alternative: 'cluster',
  }),
  row('Cluster', DATABASE, 'text', '--selector <labels>', 'the pods with these labels instead of a service', {
    decides: true,
    alternative: 'cluster',
  }),
  row(
    'Cluster',
    [...DATABASE, 'manifest', 'fleet'],
    'text',
    '--port <port>',
    'the port of the service or pod, by number or name',
    {
      default: "PostgreSQL's",
      // Kubernetes sets PLINTH_PORT where a service is called plinth.
      variable: 'PLINTH_POSTGRES_PORT',
    },
  ),
  row('Cluster', ['fleet'], 'text', '--user <name>', 'who connects, where the list does not say', {
    default: 'postgres',
  }),
  row(
    'Cluster',
    ['fleet'],
    'text',
    '--database <name>',
    'the database of each service, or a pattern: tenant_*',
  ),
  row(
    'Cluster',
    ['fleet'],
    'text',
    '--password-secret <name/key>',
    "a Secret that holds the password, in the database's namespace, where the list does not say",
  ),
  row('Cluster', [...CLUSTER, 'manifest'], 'text', '--user <name>', 'who connects', {
    default: "PGUSER, the pod's spec",
  }),
  row('Cluster', [...CLUSTER, 'manifest'], 'text', '--database <name>', 'the database', {
    default: "PGDATABASE, the pod's spec",
  }),
  row('Cluster', DATABASE, 'text', '--password-secret <name/key>', 'a Secret that holds the password', {
    default: "PGPASSWORD, .pgpass, the pod's spec",
  }),
  row('Cluster', ['manifest'], 'text', '--password-secret <name/key>', 'the Secret that holds the password'),
  row(
    'Cluster',
    ['manifest'],
    'text',
    '--url-secret <name/key>',
    'the Secret that holds the URL of a PostgreSQL, instead of a service',
    { decides: true },
  ),
];
