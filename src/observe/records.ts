import type { FailedEffect } from '../model/observation.js';

/** An object as the catalogue knows it while watching: `pg_class:16402`. */
export type CatalogueKey = string;

/** What was seen of one statement on the scratch server. */
export interface WatchedStatement {
  /** Names that resolved before it ran. */
  readonly resolved: readonly ResolvedName[];
  readonly commands: readonly WatchedCommand[];
  readonly drops: readonly WatchedDrop[];
  /** What it made and no event trigger told of: indexes of a partition. */
  readonly silent: readonly WatchedCommand[];
  /** Dependencies of what it touched; `fresh` where they were not there before. */
  readonly dependencies: readonly WatchedDependency[];
  readonly locks: readonly WatchedLock[];
  readonly rows: readonly WatchedRows[];
  readonly calls: readonly WatchedCall[];
  /** Objects whose rights it changed. */
  readonly rights: readonly CatalogueKey[];
  readonly createdRoles: readonly string[];
  /** Owners of everything that it made, altered or dropped. */
  readonly touched: readonly CatalogueKey[];
  /** Objects that lost an identifier, with that identifier. */
  readonly lost: readonly {
    readonly object: CatalogueKey;
    readonly identifier: string;
    readonly label: boolean;
  }[];
  /** Under which transaction it was watched: `own`, its file's, or none. */
  readonly mode: 'own' | 'file' | 'outside' | 'skipped';
  readonly failed: Omit<FailedEffect, 'table'> | null;
}

export interface ResolvedName {
  readonly kind: 'relation' | 'type' | 'function' | 'schema';
  readonly schema: string;
  readonly name: string;
  readonly object: CatalogueKey;
}

export interface WatchedCommand {
  readonly tag: string;
  readonly type: string;
  readonly identity: string;
  /** `catalogue:oid` of the object itself; null where the event trigger is not told (GRANT). */
  readonly self: CatalogueKey | null;
  readonly owner: CatalogueKey | null;
}

export interface WatchedDrop {
  readonly self: CatalogueKey;
  readonly owner: CatalogueKey | null;
  readonly type: string;
  readonly identity: string;
}

export interface WatchedDependency {
  readonly object: CatalogueKey;
  readonly needs: CatalogueKey;
  readonly via: string;
  /** The parts of `needs` that it depends on, e.g. the index behind a foreign key. */
  readonly parts: readonly CatalogueKey[];
  readonly fresh: boolean;
}

export interface WatchedLock {
  readonly object: CatalogueKey;
  /** Without the word Lock, e.g. `AccessExclusive`. */
  readonly mode: string;
  /** pg_class.relkind and relname of the relation itself; null where it is gone. */
  readonly relkind: string | null;
  readonly relname: string | null;
}

export interface WatchedRows {
  readonly object: CatalogueKey;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

export interface WatchedCall {
  readonly object: CatalogueKey;
  readonly name: string;
  readonly source: string;
}

export const NOTHING_WATCHED: WatchedStatement = {
  resolved: [],
  commands: [],
  drops: [],
  silent: [],
  dependencies: [],
  locks: [],
  rows: [],
  calls: [],
  rights: [],
  createdRoles: [],
  touched: [],
  lost: [],
  mode: 'skipped',
  failed: null,
};
