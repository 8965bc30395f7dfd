import type { Format } from '../../model/history.js';
import type { ClusterObject } from '../kinds.js';

/** What a manifest is to hold, resolved; the same for each kind. */
export interface ManifestRequest {
  /** Who asks: part of every name. */
  readonly service: string;
  /** A name, or `{{ .Release.Namespace }}`. */
  readonly namespace: string;
  readonly style: Style;
  readonly image: string;
  /** The words of `apply` and `wait` after the command. */
  readonly words: readonly string[];
  /** Of an attempt; milliseconds. */
  readonly timeout: number;
  /** How long what ended stays, with its log; seconds. */
  readonly ttl: number;
  readonly passwordSecret: SecretKey | null;
  /** The URL of a PostgreSQL that need not be in the cluster; null: a service of the namespace. */
  readonly urlSecret: SecretKey | null;
  readonly folder: PackedFolder;
  /** The folder is in the image already, instead of a ConfigMap. */
  readonly migrationsInImage: boolean;
  /** An image whose root holds the folder, instead of a ConfigMap. */
  readonly migrationsImage: string | null;
}

/** One text of a Secret. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** How a cluster gets to see the objects: by kubectl, as Helm's hooks, in Argo CD's waves. */
export type Style = 'plain' | 'helm' | 'argo';

/** A migration folder with what its reader looks at beside it. */
export interface PackedFolder {
  /** By path, as `/` separates it. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What `--migrations` names, below the root. */
  readonly locations: readonly string[];
  /** Told, because its place may have been part of what it was recognized by. */
  readonly format: Format;
  /** The file with what the history expects around it; null: there is none. */
  readonly prelude: string | null;
}

/** A workload whose pods wait. */
export interface Consumer {
  readonly kind: 'DaemonSet' | 'Deployment' | 'StatefulSet';
  readonly name: string;
}

/** A name without what Kubernetes does not take in one: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export const getBaseName = (service: string): string =>
  `plinth-${service.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.replace(/-+$/, '');

/** How objects are named and found: the same for all of one request. */
export const getMetadata = (
  { namespace, service }: Pick<ManifestRequest, 'namespace' | 'service'>,
  name: string,
): ClusterObject['metadata'] => ({
  name,
  namespace,
  labels: { 'app.kubernetes.io/name': 'plinth', 'app.kubernetes.io/instance': getBaseName(service) },
});

/** Where the folder is in the pod. */
export const HISTORY_PATH = '/history';
