import type { Format } from '../model/history.js';
import type { ClusterOptions } from '../options.js';

/** What describes one history. */
export interface HistorySettings {
  readonly migrations?: string | readonly string[];
  readonly format?: Format;
  readonly set?: Readonly<Record<string, string>>;
  readonly searchPath?: string;
  readonly prelude?: string;
  readonly trustLedger?: string;
  readonly writeLedger?: string;
}

/** The keys of `HistorySettings`: what belongs to a folder, and goes with it. */
export const HISTORY_KEYS = [
  'migrations',
  'format',
  'set',
  'searchPath',
  'prelude',
  'trustLedger',
  'writeLedger',
] as const;

/** A service and its tables. */
export interface ServiceSettings {
  readonly tables: readonly string[];
  readonly alone?: boolean;
  readonly history?: string;
}

/** Where a PostgreSQL is: by one of these. */
export interface TargetSettings {
  readonly url?: string;
  readonly embedded?: string;
  readonly kubernetes?: KubernetesSettings;
}

/** A PostgreSQL in a cluster. */
export type KubernetesSettings = Readonly<Omit<ClusterOptions, 'password' | 'port'>> & {
  readonly port?: string;
};

/** What plinth.json holds once it is valid. */
export interface SettingsFile extends HistorySettings {
  readonly history?: string;
  readonly histories?: Readonly<Record<string, HistorySettings>>;
  readonly services?: Readonly<Record<string, ServiceSettings>>;
  readonly targets?: Readonly<Record<string, TargetSettings>>;
  readonly ledger?: string;
  readonly declared?: readonly string[];
  readonly withPrelude?: boolean;
  readonly missingRoles?: 'fail' | 'create' | 'skip';
  readonly scratch?: string;
  readonly timeout?: string;
}
