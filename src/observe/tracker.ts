import type { LostIdentifier } from '../sql/lost.js';
import type { CatalogueKey, ResolvedName, WatchedCommand, WatchedDrop } from './records.js';

/** What event triggers told of one command, as it came in a notice. */
export interface CommandNotice {
  readonly class: string | null;
  readonly oid: string | null;
  readonly tag: string;
  readonly type: string;
  readonly identity: string | null;
  readonly owner: CatalogueKey | null;
  /** Set where a partition may have come or gone. */
  readonly moves?: boolean;
}
export interface DropNotice {
  readonly class: string;
  readonly oid: string;
  readonly type: string;
  readonly identity: string;
}

/** Remembers who owned what: a drop is told only after it happened, when the catalogue no longer knows. */
export interface Tracker {
  getOwner(self: CatalogueKey): CatalogueKey | undefined;
  setOwner(self: CatalogueKey, owner: CatalogueKey): void;
  /** Notes all parts of an owner; tells whose they were before, and which relations no longer are. */
  setParts(
    owner: CatalogueKey,
    parts: readonly CatalogueKey[],
  ): { readonly from: readonly CatalogueKey[]; readonly left: readonly CatalogueKey[] };
  /** True the first time that a dependency is seen. */
  isFresh(object: CatalogueKey, dependency: string): boolean;
  /** The last name of an object. */
  readonly identities: ReadonlyMap<CatalogueKey, { readonly type: string; readonly identity: string }>;
  setIdentity(object: CatalogueKey, type: string, identity: string): void;
}

export function createTracker(): Tracker {
  const owners = new Map<CatalogueKey, CatalogueKey>();
  const seen = new Map<CatalogueKey, Set<string>>();
  const identities = new Map<CatalogueKey, { type: string; identity: string }>();
  const partsOf = new Map<CatalogueKey, readonly CatalogueKey[]>();
  return {
    setParts: (owner, parts) => {
      const relations = parts.filter((part) => part.startsWith('pg_class:'));
      const from = relations.map((part) => owners.get(part)).filter((o) => o !== undefined && o !== owner);
      const now = new Set(relations);
      const left = (partsOf.get(owner) ?? []).filter((part) => !now.has(part));
      for (const part of parts) owners.set(part, owner);
      partsOf.set(owner, relations);
      return { from: from as CatalogueKey[], left };
    },
    identities,
    getOwner: (self) => owners.get(self),
    setOwner: (self, owner) => void owners.set(self, owner),
    setIdentity: (object, type, identity) => void identities.set(object, { type, identity }),
    isFresh: (object, dependency) => {
      const known = seen.get(object) ?? new Set();
      seen.set(object, known);
      if (known.has(dependency)) return false;
      known.add(dependency);
      return true;
    },
  };
}

/** What the notices of one statement say. */
export interface Noticed {
  readonly commands: readonly WatchedCommand[];
  readonly drops: readonly WatchedDrop[];
  readonly touched: Set<CatalogueKey>;
  /** Objects that have another name than before, or are in another schema, with the name that they had. */
  readonly renamed: { readonly object: CatalogueKey; readonly identifier: string }[];
}

/**
 * Turns the notices of one statement into commands, drops and the owners that they touched. A change of owner
 * (ATTACH PARTITION, OWNED BY) touches both.
 */
export function readNotices(
  tracker: Tracker,
  commands: readonly CommandNotice[],
  drops: readonly DropNotice[],
  ownersAfter: ReadonlyMap<CatalogueKey, CatalogueKey>,
): Noticed {
  const touched = new Set<CatalogueKey>();
  const renamed: Noticed['renamed'] = [];
  const watched = commands.map((command): WatchedCommand => {
    const { tag, type } = command;
    const identity = command.identity ?? '';
    if (command.class === null || command.oid === null || command.oid === '0') {
      return { tag, type, identity, self: null, owner: null };
    }
    const self = `${command.class}:${command.oid}`;
    const owner = ownersAfter.get(self) ?? command.owner;
    if (owner === null) return { tag, type, identity, self, owner: null };
    const previous = tracker.getOwner(self);
    if (previous !== undefined && previous !== owner && command.class === 'pg_class') touched.add(previous);
    tracker.setOwner(self, owner);
    const isWhole = !/column|attribute/.test(type);
    const before = tracker.identities.get(owner)?.identity;
    if (self === owner && isWhole && before !== undefined && before !== identity)
      renamed.push({ object: owner, identifier: getLastName(before) });
    if (isWhole && (self === owner || owner.startsWith('pg_type')))
      tracker.setIdentity(owner, type, identity);
    touched.add(owner);
    const isSubObject = command.class === 'pg_trigger' || command.class === 'pg_constraint';
    if (command.owner !== null && command.owner !== owner && !isSubObject) touched.add(command.owner);
    return { tag, type, identity, self, owner };
  });
  const dropped = drops.map((drop): WatchedDrop => {
    const self = `${drop.class}:${drop.oid}`;
    const owner = tracker.getOwner(self) ?? null;
    if (owner !== null) touched.add(owner);
    return { self, owner, type: drop.type, identity: drop.identity };
  });
  return { commands: watched, drops: dropped, touched, renamed };
}

/** Which objects lost an identifier: by the statement's own words, and by what was dropped. */
export function getLost(
  identifiers: readonly LostIdentifier[],
  resolved: readonly ResolvedName[],
  drops: readonly WatchedDrop[],
): { object: CatalogueKey; identifier: string; label: boolean }[] {
  const lost = identifiers.flatMap(({ of, ofKind, identifier, label }) => {
    const found = resolved.find((r) => r.kind === ofKind && r.schema === of.schema && r.name === of.name);
    return found === undefined ? [] : [{ object: found.object, identifier, label }];
  });
  for (const drop of drops) {
    if (drop.owner === null || /toast/.test(drop.type)) continue;
    if (/type$/.test(drop.type) && (!drop.self.startsWith('pg_type') || drop.identity.endsWith('[]')))
      continue;
    lost.push({ object: drop.owner, identifier: getLastName(drop.identity), label: false });
  }
  return lost;
}

// Parts of a name: in quotes, in which anything may stand, or without.
const PART = /"((?:[^"]|"")*)"|[^"\s.(]+/y;

/** The bare last name of an object identity such as `trg on public."T"`, `for public.t.c` or `public.f(integer)`. */
export function getLastName(identity: string): string {
  let last = '';
  for (PART.lastIndex = identity.startsWith('for ') ? 4 : 0; ; PART.lastIndex += 1) {
    const at = PART.lastIndex;
    const match = PART.exec(identity);
    if (match === null) return last || identity;
    last = match[1]?.replaceAll('""', '"') ?? match[0];
    if (identity[at + match[0].length] !== '.') return last;
  }
}
