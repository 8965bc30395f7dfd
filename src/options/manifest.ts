import type { Check, Shape } from './check.js';
import { CLUSTER_NAME, CLUSTER_PORT, CLUSTER_SECRET, type ClusterOptions } from './cluster.js';
import { parseDuration } from './duration.js';
import type { Env } from './environment.js';
import { type HistoryOptions, type ResolvedHistoryOptions, resolveHistory } from './history.js';
import { DURATION, IDENTIFIER, SERVICE } from './shapes.js';

/** What a manifest is to run, where, and how a cluster gets it. */
export interface ManifestOptions
  extends HistoryOptions,
    Pick<ClusterOptions, 'namespace' | 'postgresService' | 'port' | 'user' | 'database' | 'passwordSecret'> {
  /** Of Plinth, with a tag that is not `latest`, or a digest. */
  image?: string;
  /** How a cluster gets the Job: by kubectl, as Helm's hook, in Argo CD's waves. Default: `plain`. */
  style?: (typeof STYLES)[number];
  /** An image whose root is the migration folder, instead of a ConfigMap. Default: none. */
  migrationsImage?: string;
  /** Time for one attempt, in milliseconds or as `5m`. Default: 5 minutes. */
  timeout?: number | string;
  /** How long a Job that ended stays with its log, in milliseconds or as `1h`. Default: an hour. */
  ttl?: number | string;
  /** Who asks. Default: `default`. */
  service?: string;
  /** Schema of the ledger. Default: `plinth`. */
  ledger?: string;
  /** The workload whose pods wait: `deployment/NAME`, `statefulset/NAME`, `daemonset/NAME`. */
  consumer?: string;
  /** The service account of those pods. Default: `default`. */
  serviceAccount?: string;
}

/** `ManifestOptions` with every default filled in. */
export interface ResolvedManifestOptions extends ResolvedHistoryOptions {
  readonly image: string;
  readonly style: (typeof STYLES)[number];
  readonly migrationsImage: string | null;
  readonly namespace: string;
  readonly postgresService: string;
  readonly port: string | null;
  readonly user: string | null;
  readonly database: string | null;
  readonly passwordSecret: { readonly name: string; readonly key: string };
  /** As it was given: what `now` means is decided in the cluster. */
  readonly window: string | null;
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds. */
  readonly ttl: number;
  readonly service: string;
  readonly ledger: string;
  /** Null where a Job is wanted. */
  readonly consumer: { readonly kind: string; readonly name: string } | null;
  readonly serviceAccount: string;
}

const STYLES = ['plain', 'helm', 'argo'] as const;
const RELEASE = '{{ .Release.Namespace }}';
const NAMESPACE: Shape = [
  new RegExp(`${CLUSTER_NAME[0].source}|^\\{\\{ \\.Release\\.Namespace \\}\\}$`),
  `${CLUSTER_NAME[1]}, or '${RELEASE}' in a chart`,
];
// https://github.com/distribution/reference/blob/main/reference.go
const IMAGE: Shape = [
  /^[a-z0-9][^\s@]*(@sha256:[0-9a-f]{64}|:(?!latest$)\w[\w.-]{0,127})$/,
  'an image with a tag that is not latest, or with a digest',
];
const CONSUMER: Shape = [
  /^(deployment|statefulset|daemonset)\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
  'deployment/NAME, statefulset/NAME or daemonset/NAME',
];
const KINDS: Readonly<Record<string, string>> = {
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
};
const TIMEOUT_MS = 300_000;
const TTL_MS = 3_600_000;

/** Reads what a manifest is made of; what is wrong is left with `check`. */
export function resolveManifest(
  check: Check<keyof ManifestOptions>,
  env: Env,
  what: 'job' | 'wait',
): ResolvedManifestOptions {
  const need = (key: keyof ManifestOptions, shape: Shape, words: string): string => {
    if (!check.isGiven(key)) check.problems.push(words);
    return check.matching(key, shape) ?? '';
  };
  const readTime = (key: 'timeout' | 'ttl', fallback: number): number => {
    const value = check.value(key);
    if (value === undefined) return fallback;
    return parseDuration(value) ?? check.wrong(key, DURATION[1]) ?? fallback;
  };
  const style = check.oneOf('style', STYLES) ?? 'plain';
  const secret = need(
    'passwordSecret',
    CLUSTER_SECRET,
    'no password: give --password-secret NAME/KEY, a Secret of that namespace',
  );
  const consumer =
    what === 'job'
      ? null
      : need('consumer', CONSUMER, 'no consumer: give --consumer deployment/NAME, whose pods are to wait');
  const port = check.value('port');
  return {
    ...resolveHistory(check, env),
    style,
    image: need('image', IMAGE, 'no image: give --image NAME:TAG, an image of Plinth (docs/jobs.md)'),
    migrationsImage: check.matching('migrationsImage', IMAGE),
    namespace:
      style === 'helm' && !check.isGiven('namespace')
        ? RELEASE
        : need('namespace', NAMESPACE, "no namespace: give --namespace NAME, the PostgreSQL's and the Job's"),
    postgresService: check.matching('postgresService', CLUSTER_NAME) ?? 'postgres',
    port: typeof port === 'number' ? String(port) : check.matching('port', CLUSTER_PORT),
    user: check.text('user'),
    database: check.text('database'),
    passwordSecret: {
      name: secret.split('/')[0]!,
      key: secret.slice(secret.indexOf('/') + 1),
    },
    window: check.text('partitions'),
    timeout: readTime('timeout', TIMEOUT_MS),
    ttl: readTime('ttl', TTL_MS),
    service: check.matching('service', SERVICE) ?? 'default',
    ledger: check.matching('ledger', IDENTIFIER) ?? 'plinth',
    consumer:
      consumer === null
        ? null
        : { kind: KINDS[consumer.split('/')[0]!] ?? '', name: consumer.split('/')[1] ?? '' },
    serviceAccount: check.matching('serviceAccount', CLUSTER_NAME) ?? 'default',
  };
}
