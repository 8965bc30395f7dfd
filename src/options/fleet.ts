import { parseSecretKey, type SecretKey } from '../model/fleet.js';
import type { Check, Shape } from './check.js';
import {
  CLUSTER_NAME,
  CLUSTER_PORT,
  CLUSTER_SECRET,
  CLUSTER_SELECTOR,
  type ClusterOptions,
} from './cluster.js';
import { parseDuration } from './duration.js';
import type { Env } from './environment.js';
import { type HistoryOptions, type ResolvedHistoryOptions, resolveHistory } from './history.js';
import { IMAGE, type ManifestOptions } from './manifest.js';
import { DURATION, IDENTIFIER, SERVICE } from './shapes.js';

/** Which databases of a cluster a fleet is, and how it goes through them. */
export interface FleetOptions
  extends HistoryOptions,
    Pick<
      ClusterOptions,
      | 'kubeconfig'
      | 'context'
      | 'namespace'
      | 'postgresService'
      | 'selector'
      | 'port'
      | 'user'
      | 'database'
      | 'passwordSecret'
    >,
    Pick<ManifestOptions, 'image' | 'migrationsInImage' | 'migrationsImage' | 'ttl' | 'service' | 'ledger'> {
  /** A file with the list of databases (docs/fleets.md); `-` is stdin. */
  targets?: string;
  /** What `selector` finds. Default: `services`. */
  targetKind?: (typeof KINDS)[number];
  /** Where `selector` looks; `*` is everywhere. Default: the namespace. */
  targetNamespaces?: readonly string[];
  /** The key of a Secret that holds a URL, where nothing else is said. Default: `uri`. */
  urlKey?: string;
  /** Pods at a time, each with one connection. Default: 8. */
  parallelism?: number | string;
  /** Databases that a pod goes through, one after another; 250 at most. Default: half of what a pod at a time has to do, 250 at most. */
  perPod?: number | string;
  /** How many go first, as a number or a share (`2%`): the rest follows when none of them failed. Default: none. */
  canary?: number | string;
  /** How many may fail, as a number or a share; with one more the rest is left. Default: all. */
  maxFailures?: number | string;
  /** Asks those again that an earlier run was through with. Default: false. */
  again?: boolean;
  /** Time for each database, in milliseconds or as `30s`. Default: 30 s. */
  timeout?: number | string;
  /** The service account of the pods, which has its rights already (`--print-rights`). Default: one is made, and taken away at the end. */
  serviceAccount?: string;
}

/** A number, or a share of how many there are. */
export type Amount = { readonly count: number } | { readonly percent: number };

/** `FleetOptions` with every default filled in. */
export interface ResolvedFleetOptions extends ResolvedHistoryOptions {
  readonly kubeconfig: string | null;
  readonly context: string | null;
  readonly namespace: string | null;
  readonly source:
    | { readonly from: 'file'; readonly path: string }
    | { readonly from: 'selector'; readonly selector: string; readonly kind: (typeof KINDS)[number] }
    | { readonly from: 'service'; readonly service: string };
  /** Null: the namespace of the Job. */
  readonly targetNamespaces: readonly string[] | null;
  readonly urlKey: string;
  readonly port: string | null;
  readonly user: string | null;
  readonly database: string | null;
  readonly passwordSecret: SecretKey | null;
  readonly image: string;
  readonly migrationsInImage: boolean;
  readonly migrationsImage: string | null;
  /** As it was given: what `now` means is decided in the cluster. */
  readonly window: string | null;
  readonly parallelism: number;
  readonly perPod: number | null;
  readonly canary: Amount | null;
  readonly maxFailures: Amount | null;
  readonly again: boolean;
  /** Of each database; milliseconds. */
  readonly timeout: number;
  /** Milliseconds. */
  readonly ttl: number;
  readonly service: string;
  readonly ledger: string;
  readonly serviceAccount: string | null;
}

const KINDS = ['services', 'secrets'] as const;
const AMOUNT: Shape = [/^(\d{1,6}|(100|\d{1,2})(\.\d+)?%)$/, 'a number, or a share such as 2%'];
const KEY: Shape = [/^[-._a-zA-Z0-9]{1,253}$/, 'the key of a Secret'];
/** What one pod may be given: its results fit into a ConfigMap, be they all failures. */
export const MAX_PER_POD = 250;
const PARALLELISM = 8;
const TIMEOUT_MS = 30_000;
const TTL_MS = 3_600_000;

/** Reads what a fleet is; what is wrong is left with `check`. */
export function resolveFleet(check: Check<keyof FleetOptions>, env: Env): ResolvedFleetOptions {
  const history = resolveHistory(check, env);
  if (!check.isGiven('image'))
    check.problems.push('no image: give --image NAME:TAG, an image of Plinth (docs/jobs.md)');
  const migrationsImage = check.matching('migrationsImage', IMAGE);
  const migrationsInImage = check.flag('migrationsInImage');
  if (migrationsInImage && migrationsImage !== null)
    check.problems.push('the migration folder is in the image of Plinth or in one of its own, not in both');
  const secret = check.matching('passwordSecret', CLUSTER_SECRET);
  const port = check.value('port');
  return {
    ...history,
    kubeconfig: check.text('kubeconfig'),
    context: check.text('context'),
    namespace: check.matching('namespace', CLUSTER_NAME),
    source: readSource(check),
    targetNamespaces: readNamespaces(check),
    urlKey: check.matching('urlKey', KEY) ?? 'uri',
    port: typeof port === 'number' ? String(port) : check.matching('port', CLUSTER_PORT),
    user: check.text('user'),
    database: check.text('database'),
    passwordSecret: secret === null ? null : parseSecretKey(secret),
    image: check.matching('image', IMAGE) ?? '',
    migrationsInImage,
    migrationsImage,
    window: check.text('partitions'),
    parallelism: readCount(check, 'parallelism', 1000) ?? PARALLELISM,
    perPod: readCount(check, 'perPod', MAX_PER_POD),
    canary: readAmount(check, 'canary'),
    maxFailures: readAmount(check, 'maxFailures'),
    again: check.flag('again'),
    timeout: readTime(check, 'timeout', TIMEOUT_MS),
    ttl: readTime(check, 'ttl', TTL_MS),
    service: check.matching('service', SERVICE) ?? 'default',
    ledger: check.matching('ledger', IDENTIFIER) ?? 'plinth',
    serviceAccount: check.matching('serviceAccount', CLUSTER_NAME),
  };
}

/** How many of `total` that is; of a share the next whole number up. */
export const getAmount = (amount: Amount, total: number): number =>
  'count' in amount ? amount.count : Math.ceil((amount.percent / 100) * total);

function readSource(check: Check<keyof FleetOptions>): ResolvedFleetOptions['source'] {
  const path = check.text('targets');
  const selector = check.matching('selector', CLUSTER_SELECTOR);
  const service = check.matching('postgresService', CLUSTER_NAME);
  const kind = check.oneOf('targetKind', KINDS) ?? 'services';
  const ways = (['targets', 'selector', 'postgresService'] as const).filter((key) => check.isGiven(key));
  if (ways.length !== 1) {
    check.problems.push(
      `${ways.length === 0 ? 'no databases' : 'one list of databases only'}: give --targets FILE, or --selector LABELS, or --postgres-service NAME with --database 'tenant_*'`,
    );
  }
  if (ways[0] !== 'selector' && check.isGiven('targetKind', 'targetNamespaces'))
    check.problems.push(
      `${check.getName(check.isGiven('targetKind') ? 'targetKind' : 'targetNamespaces')} is for --selector`,
    );
  if (ways[0] === 'targets' && check.isGiven('database'))
    check.problems.push(`${check.getName('database')} is not for a list, which names its databases`);
  if (
    (ways[0] === 'postgresService' || (ways[0] === 'selector' && kind === 'services')) &&
    !check.isGiven('database')
  )
    check.problems.push("no database: give --database NAME, or a pattern: --database 'tenant_*'");
  if (path !== null) return { from: 'file', path };
  if (selector !== null) return { from: 'selector', selector, kind };
  return { from: 'service', service: service ?? '' };
}

function readNamespaces(check: Check<keyof FleetOptions>): readonly string[] | null {
  const list = check.texts('targetNamespaces');
  if (list === null) return null;
  if (list.every((name) => name === '*' || CLUSTER_NAME[0].test(name))) return list;
  return check.wrong('targetNamespaces', 'a list of namespaces, or *');
}

function readCount(
  check: Check<keyof FleetOptions>,
  key: 'parallelism' | 'perPod',
  max: number,
): number | null {
  const value = check.value(key);
  if (value === undefined) return null;
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1 && count <= max) return count;
  return check.wrong(key, `a number from 1 to ${max}`);
}

function readAmount(check: Check<keyof FleetOptions>, key: 'canary' | 'maxFailures'): Amount | null {
  const value = check.value(key);
  if (value === undefined) return null;
  const text = String(value);
  if (!AMOUNT[0].test(text)) return check.wrong(key, AMOUNT[1]);
  return text.endsWith('%') ? { percent: Number(text.slice(0, -1)) } : { count: Number(text) };
}

function readTime(check: Check<keyof FleetOptions>, key: 'timeout' | 'ttl', fallback: number): number {
  const value = check.value(key);
  if (value === undefined) return fallback;
  return parseDuration(value) ?? check.wrong(key, DURATION[1]) ?? fallback;
}
