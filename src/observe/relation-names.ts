import type { CatalogueKey, WatchedCommand, WatchedDrop } from './records.js';
import { getLastName } from './tracker.js';

/** A relation that has a name, and whose it is. */
export interface NameHolder {
  readonly self: CatalogueKey;
  readonly owner: CatalogueKey;
}

/** Who holds which name of a relation, while the history runs. */
export interface RelationNames {
  /**
   * The relations of other objects that made PostgreSQL choose a name with a number: `t_id_seq2`, because a table that
   * was once called t still has `t_id_seq`, and another one `t_id_seq1` (ChooseRelationName in
   * src/backend/commands/indexcmds.c). In whatever schema they are: relations move with their table and their schema.
   */
  getObstacles(command: WatchedCommand): readonly NameHolder[];
  /** Notes what a statement did; tells which relations thereby gave up their names, or took them to another schema. */
  record(commands: readonly WatchedCommand[], drops: readonly WatchedDrop[]): ReadonlySet<CatalogueKey>;
}

const NAMED_BY_SERVER = new Set(['sequence', 'index']);
const RELATIONS = new Set(['table', 'index', 'sequence', 'view', 'materialized view', 'foreign table']);

export function createRelationNames(): RelationNames {
  // By the last name; several in different schemas.
  const holders = new Map<string, Map<CatalogueKey, NameHolder>>();
  const known = new Map<CatalogueKey, { readonly identity: string; readonly owner: CatalogueKey }>();
  const forget = (self: CatalogueKey): void => {
    const identity = known.get(self)?.identity;
    if (identity !== undefined) holders.get(getLastName(identity))?.delete(self);
    known.delete(self);
  };
  return {
    getObstacles: ({ type, tag, identity, owner }) => {
      if (!NAMED_BY_SERVER.has(type) || !tag.startsWith('CREATE')) return [];
      const [, base, number] = /^(.*\D)(\d{1,3})$/.exec(getLastName(identity)) ?? [];
      if (base === undefined) return [];
      const taken = Array.from({ length: Number(number) }, (_, at) => (at === 0 ? base : `${base}${at}`));
      const found = taken.flatMap((name) => [...(holders.get(name)?.values() ?? [])]);
      return found.filter((holder) => holder.owner !== owner);
    },
    record: (commands, drops) => {
      const freed = new Set<CatalogueKey>();
      for (const { self } of drops) {
        if (known.has(self)) freed.add(self);
        forget(self);
      }
      for (const { self, owner, type, identity } of commands) {
        if (self === null || owner === null || !RELATIONS.has(type)) continue;
        const before = known.get(self)?.identity;
        if (before !== undefined && before !== identity) {
          freed.add(self);
          // What belongs to a table moves with it, and keeps its name when it is renamed.
          const isMoved = getLastName(before) === getLastName(identity);
          for (const [part, { owner: of }] of known) if (isMoved && of === owner) freed.add(part);
        }
        forget(self);
        const name = getLastName(identity);
        known.set(self, { identity, owner });
        holders.set(name, (holders.get(name) ?? new Map()).set(self, { self, owner }));
      }
      return freed;
    },
  };
}
