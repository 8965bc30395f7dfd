import type { Writable } from 'node:stream';

/** Which PostgreSQL of a cluster gets which tables. */
export interface MigrationConfig {
  /** Required. `''` takes KUBECONFIG, `~/.kube/config`, or the pod's service account. */
  readonly kubeconfigPath: string;
  /** Required. */
  readonly namespace: string;
  /** Default: `postgres`. */
  readonly postgresService?: string;
  /** Default: `slm_user`. */
  readonly postgresUser?: string;
  /** Default: `action_history`. */
  readonly postgresDB?: string;
  /** Default: PGPASSWORD, the password file, what the pod's spec says. */
  readonly postgresPassword?: string;
  /** Empty = all tables. Default: empty. */
  readonly tables?: readonly string[];
  /** For everything, in milliseconds or as `30s`. Default: 30 s. */
  readonly timeout?: number | string;
  /** Where the lines of the run go. Default: nowhere. */
  readonly logger?: Writable;
  /** Who asks, as other deployers see it. Default: PLINTH_SERVICE, else `default`. */
  readonly service?: string;
  /** A migration folder, such as the project's own. Default: the bundled one. */
  readonly migrations?: string;
  /** Which range partitions by time are wanted: `all`, or `FROM..TO` such as `now..+1month`. Default: `all`. */
  readonly partitions?: string;
}

/** A config with the defaults of the seed filled in, to be changed as wanted. */
export function defaultMigrationConfig(kubeconfigPath: string, namespace: string): MigrationConfig {
  return {
    kubeconfigPath,
    namespace,
    postgresService: 'postgres',
    postgresUser: 'slm_user',
    postgresDB: 'action_history',
    tables: [],
    timeout: 30_000,
  };
}
