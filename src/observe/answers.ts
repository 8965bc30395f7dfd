import type { CatalogueKey, ResolvedName, WatchedStatement } from './records.js';
import type { Tracker } from './tracker.js';

export type Counts = readonly (readonly [oid: string, inserted: number, updated: number, deleted: number])[];
export type Calls = readonly (readonly [oid: string, calls: number])[];

export interface Before {
  readonly resolved: readonly [ResolvedName['kind'], string, string, CatalogueKey][];
  readonly counts: Counts;
  readonly calls: Calls;
}
export interface After {
  readonly owners: readonly [CatalogueKey, CatalogueKey][];
  /** Everything that belongs to a touched owner. */
  readonly parts: readonly [CatalogueKey, readonly CatalogueKey[]][];
  /** Indexes and sequences that are new in this transaction. */
  readonly silent: readonly [oid: string, owner: CatalogueKey, type: string, identity: string][];
  readonly deps: readonly [CatalogueKey, CatalogueKey, CatalogueKey, CatalogueKey | null, string][];
  readonly locks: readonly [string, string, CatalogueKey | null, string | null, string | null][];
  readonly counts: Counts;
  readonly calls: readonly [string, number, CatalogueKey | null, string, string][];
  readonly rights: readonly (CatalogueKey | null)[];
  readonly roles: readonly string[];
}
export interface Totals {
  readonly counts: Counts;
  readonly calls: Calls;
}

/** Tables that had rows before or after. */
export function getOids(before: Before, after: After): readonly string[] {
  return [...before.counts, ...after.counts].map(([oid]) => oid);
}

export function readResolved({ resolved }: Before): readonly ResolvedName[] {
  return resolved.map(([kind, schema, name, object]) => ({ kind, schema, name, object }));
}

/** Notes what belongs to the touched owners now, and tells the former owners, where nothing but what was dropped left one. */
export function readParts(tracker: Tracker, parts: After['parts']): readonly CatalogueKey[] {
  return parts.flatMap(([owner, own]) => tracker.setParts(owner, own).from);
}

/** What a partition gets of its own is made without a word to event triggers. */
export function readSilent(tracker: Tracker, { silent }: After): WatchedStatement['silent'] {
  return silent
    .map(([oid, owner, type, identity]) => ({
      self: `pg_class:${oid}`,
      owner,
      type,
      identity,
      tag: 'CREATE',
    }))
    .filter(({ self }) => tracker.getOwner(self) === undefined);
}

export function readDependencies(tracker: Tracker, after: After): WatchedStatement['dependencies'] {
  const byPair = new Map<
    string,
    { object: string; needs: string; via: string; parts: string[]; fresh: boolean }
  >();
  for (const [owner, parts] of after.parts) for (const part of parts) tracker.setOwner(part, owner);
  for (const [object, self, target, needs, via] of after.deps) {
    const fresh = tracker.isFresh(object, `${self}:${target}`);
    if (needs === null) continue;
    const key = `${object}|${needs}`;
    const known = byPair.get(key) ?? { object, needs, via, parts: [], fresh: false };
    byPair.set(key, { ...known, via: known.via || via, fresh: known.fresh || fresh });
    if (fresh && target !== needs) known.parts.push(target);
  }
  return [...byPair.values()];
}

export function readRows(tracker: Tracker, now: Counts, base: Counts): WatchedStatement['rows'] {
  const before = new Map(base.map((counts) => [counts[0], counts]));
  return now.flatMap(([oid, inserted, updated, deleted]) => {
    const [, i, u, d] = before.get(oid) ?? [oid, 0, 0, 0];
    const rows = {
      object: tracker.getOwner(`pg_class:${oid}`) ?? `pg_class:${oid}`,
      inserted: Math.max(0, inserted - i),
      updated: Math.max(0, updated - u),
      deleted: Math.max(0, deleted - d),
    };
    return rows.inserted + rows.updated + rows.deleted > 0 ? [rows] : [];
  });
}

export function readCalls(after: After, now: Calls, base: Calls): WatchedStatement['calls'] {
  const before = new Map(base);
  const called = new Set(now.filter(([oid, calls]) => calls > (before.get(oid) ?? 0)).map(([oid]) => oid));
  return after.calls.flatMap(([oid, , object, name, source]) =>
    called.has(oid) && object !== null ? [{ object, name, source }] : [],
  );
}
