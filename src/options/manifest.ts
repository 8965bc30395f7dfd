import type { ToolLedgerName } from '../model/tool-ledger.js';
import type { ApplyOptions } from './apply.js';
import type { Check, Shape } from './check.js';
import { CLUSTER_NAME, CLUSTER_PORT, CLUSTER_SECRET, type ClusterOptions } from './cluster.js';
import { parseDuration } from './duration.js';
import type { Env } from './environment.js';
import { type HistoryOptions, type ResolvedHistoryOptions, resolveHistory } from './history.js';
import { DURATION, IDENTIFIER, SERVICE } from './shapes.js';
import { ensureToolLedgers, readToolLedger } from './tool-ledger.js';

/** What a manifest is to run, where, and how a cluster gets it. */
export interface ManifestOptions
  extends HistoryOptions,
    Pick<ClusterOptions, 'namespace' | 'postgresService' | 'port' | 'user' | 'database' | 'passwordSecret'>,
    Pick<ApplyOptions, OfJob> {
  /** Of Plinth, with a tag that is not `latest`, or a digest. */
  image?: string;
  /** How a cluster gets the Job: by kubectl, as Helm's hook, in Argo CD's waves. Default: `plain`. */
  style?: (typeof STYLES)[number];
  /** A Secret of the namespace that holds the URL of a PostgreSQL anywhere, instead of a service: `NAME/KEY`. Default: none. */
  urlSecret?: string;
  /** `image` has the migration folder in `/history`, instead of a ConfigMap. Default: false. */
  migrationsInImage?: boolean;
  /** An image of the migration folder alone, mounted as an image volume, instead of a ConfigMap. Default: none. */
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
  readonly migrationsInImage: boolean;
  readonly migrationsImage: string | null;
  readonly namespace: string;
  readonly postgresService: string;
  readonly port: string | null;
  readonly user: string | null;
  readonly database: string | null;
  /** Null where the URL has the password. */
  readonly passwordSecret: SecretKey | null;
  /** Null: a service of the namespace. */
  readonly urlSecret: SecretKey | null;
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
  readonly missingRoles: 'fail' | 'create' | 'skip';
  readonly withPrelude: boolean;
  readonly verify: boolean;
  readonly allowChanged: boolean;
  readonly allowOutOfOrder: boolean;
  readonly trustLedger: ToolLedgerName | null;
  readonly writeLedger: ToolLedgerName | null;
}

/** One text of a Secret. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** What of `apply` a Job takes, and an init container that only waits does not. */
type OfJob =
  | 'missingRoles'
  | 'withPrelude'
  | 'verify'
  | 'allowChanged'
  | 'allowOutOfOrder'
  | 'trustLedger'
  | 'writeLedger';

const STYLES = ['plain', 'helm', 'argo'] as const;
const RELEASE = '{{ .Release.Namespace }}';
const NAMESPACE: Shape = [
  new RegExp(`${CLUSTER_NAME[0].source}|^\\{\\{ \\.Release\\.Namespace \\}\\}$`),
  `${CLUSTER_NAME[1]}, or '${RELEASE}' in a chart`,
];
// https://github.com/distribution/reference/blob/main/reference.go
export const IMAGE: Shape = [
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
  const consumer =
    what === 'job'
      ? null
      : need('consumer', CONSUMER, 'no consumer: give --consumer deployment/NAME, whose pods are to wait');
  const migrationsImage = check.matching('migrationsImage', IMAGE);
  const migrationsInImage = check.flag('migrationsInImage');
  if (migrationsInImage && migrationsImage !== null)
    check.problems.push('the migration folder is in the image of Plinth or in one of its own, not in both');
  const options = {
    ...resolveHistory(check, env),
    ...resolveDatabase(check),
    style,
    image: need('image', IMAGE, 'no image: give --image NAME:TAG, an image of Plinth (docs/jobs.md)'),
    migrationsInImage,
    migrationsImage,
    namespace:
      style === 'helm' && !check.isGiven('namespace')
        ? RELEASE
        : need('namespace', NAMESPACE, "no namespace: give --namespace NAME, the PostgreSQL's and the Job's"),
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
    missingRoles: check.oneOf('missingRoles', ['fail', 'create', 'skip'] as const) ?? 'fail',
    withPrelude: check.flag('withPrelude'),
    verify: check.flag('verify', true),
    allowChanged: check.flag('allowChanged'),
    allowOutOfOrder: check.flag('allowOutOfOrder'),
    trustLedger: readToolLedger(check, 'trustLedger'),
    writeLedger: readToolLedger(check, 'writeLedger'),
  };
  ensureToolLedgers(check, options);
  return options;
}

type Database = Pick<
  ResolvedManifestOptions,
  'postgresService' | 'port' | 'user' | 'database' | 'passwordSecret' | 'urlSecret'
>;

function resolveDatabase(check: Check<keyof ManifestOptions>): Database {
  const readSecret = (key: 'passwordSecret' | 'urlSecret'): SecretKey | null => {
    const text = check.matching(key, CLUSTER_SECRET);
    return text === null ? null : { name: text.split('/')[0]!, key: text.slice(text.indexOf('/') + 1) };
  };
  const isUrl = check.isGiven('urlSecret');
  if (!isUrl && !check.isGiven('passwordSecret')) {
    check.problems.push(
      'no password: give --password-secret NAME/KEY, a Secret of that namespace, or --url-secret NAME/KEY, whose URL leads elsewhere',
    );
  }
  const ofService = (['postgresService', 'port', 'user', 'database'] as const).filter((key) =>
    check.isGiven(key),
  );
  if (isUrl) {
    for (const key of ofService)
      check.problems.push(`${check.getName(key)} is for a service of the namespace: the URL says it`);
  }
  const port = check.value('port');
  return {
    postgresService: check.matching('postgresService', CLUSTER_NAME) ?? 'postgres',
    port: typeof port === 'number' ? String(port) : check.matching('port', CLUSTER_PORT),
    user: check.text('user'),
    database: check.text('database'),
    passwordSecret: readSecret('passwordSecret'),
    urlSecret: readSecret('urlSecret'),
  };
}
