import type { Api } from './api.js';
import { ASKS } from './asks.js';
import { type Endpoint, getContainers } from './endpoints.js';
import type { Container, Secret } from './objects.js';

/** A value and where it was taken from; the value of a password is told to nobody. */
export interface Found {
  readonly value: string;
  /** `Secret postgres-auth, key password` … */
  readonly from: string;
}

export interface Credentials {
  readonly user: Found | null;
  readonly database: Found | null;
  readonly password: Found | null;
}

/** A Secret or ConfigMap that is named and does not have what it is named for. */
export class CredentialMissing extends Error {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly object: string;
  readonly key: string;
  /** The keys that it does have; null where it does not exist. */
  readonly keys: readonly string[] | null;
  constructor(kind: 'Secret' | 'ConfigMap', object: string, key: string, keys: readonly string[] | null) {
    super(`${kind} ${object} has no ${key}`);
    this.kind = kind;
    this.object = object;
    this.key = key;
    this.keys = keys;
  }
}
Object.defineProperty(CredentialMissing.prototype, 'name', { value: 'CredentialMissing' });

// The official image's names, then Bitnami's.
const NAMES = {
  user: ['POSTGRES_USER', 'POSTGRESQL_USERNAME', 'POSTGRESQL_USER'],
  database: ['POSTGRES_DB', 'POSTGRESQL_DATABASE'],
  password: ['POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD'],
} as const;

/** Reads one key of a Secret. */
export async function readSecretKey(
  api: Api,
  namespace: string,
  name: string,
  key: string,
  signal?: AbortSignal,
): Promise<Found> {
  const values = await readValues(api, 'Secret', namespace, name, signal);
  const value = values?.[key];
  if (value === undefined) throw new CredentialMissing('Secret', name, key, values && Object.keys(values));
  return { value, from: `Secret ${name}, key ${key}` };
}

/** What the pod's own spec says about its PostgreSQL: by value, by Secret, by ConfigMap. Reads only what is `wanted`. */
export async function readPodCredentials(
  api: Api,
  { pod, port }: Endpoint,
  wanted: readonly (keyof Credentials)[],
  signal?: AbortSignal,
): Promise<Credentials> {
  const containers = [...getContainers(pod)].sort((a, b) => getRank(b, port) - getRank(a, port));
  const namespace = pod.metadata.namespace ?? 'default';
  const find = async (what: keyof Credentials): Promise<Found | null> => {
    if (!wanted.includes(what)) return null;
    for (const container of containers) {
      for (const name of NAMES[what]) {
        const found = await readVariable(api, namespace, container, name, signal);
        if (found !== null) return { ...found, from: `${found.from} (pod ${pod.metadata.name}, ${name})` };
      }
    }
    return null;
  };
  const [user, database, password] = await Promise.all([find('user'), find('database'), find('password')]);
  return { user, database, password };
}

function getRank({ ports = [], env = [] }: Container, port: number): number {
  const isServing = ports.some(({ containerPort }) => containerPort === port);
  return (isServing ? 2 : 0) + (env.some(({ name }) => name.startsWith('POSTGRES')) ? 1 : 0);
}

async function readVariable(
  api: Api,
  namespace: string,
  { env = [], envFrom = [], name: container }: Container,
  variable: string,
  signal?: AbortSignal,
): Promise<Found | null> {
  const entry = env.find(({ name }) => name === variable);
  if (entry?.value !== undefined) return { value: entry.value, from: `container ${container}` };
  const { secretKeyRef, configMapKeyRef } = entry?.valueFrom ?? {};
  const ref = secretKeyRef ?? configMapKeyRef;
  if (ref !== undefined) {
    const kind = secretKeyRef === undefined ? 'ConfigMap' : 'Secret';
    const values = await readValues(api, kind, namespace, ref.name, signal);
    const value = values?.[ref.key];
    if (value !== undefined) return { value, from: `${kind} ${ref.name}, key ${ref.key}` };
    if (ref.optional !== true)
      throw new CredentialMissing(kind, ref.name, ref.key, values && Object.keys(values));
  }
  // Of several the last one counts.
  for (const { prefix = '', secretRef, configMapRef } of [...envFrom].reverse()) {
    const from = secretRef ?? configMapRef;
    if (from === undefined || !variable.startsWith(prefix)) continue;
    const kind = secretRef === undefined ? 'ConfigMap' : 'Secret';
    const key = variable.slice(prefix.length);
    const value = (await readValues(api, kind, namespace, from.name, signal))?.[key];
    if (value !== undefined) return { value, from: `${kind} ${from.name}, key ${key}` };
  }
  return null;
}

async function readValues(
  api: Api,
  kind: 'Secret' | 'ConfigMap',
  namespace: string,
  name: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>> | null> {
  const ask = kind === 'Secret' ? ASKS.secret(namespace, name) : ASKS.configMap(namespace, name);
  const object = await api.read<Secret>(ask, signal).catch((error: { problem?: string }) => {
    if (error.problem === 'not-found') return null;
    throw error;
  });
  if (object === null) return null;
  const entries = Object.entries(object.data ?? {});
  if (kind === 'ConfigMap') return Object.fromEntries(entries);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}
