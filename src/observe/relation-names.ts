import type { CatalogueKey, WatchedCommand, WatchedDrop } from './records.js';
import { getLastName } from './tracker.js';

/** Who holds which name of a relation, while the history runs. */
export interface RelationNames {
  /**
   * The other objects whose relations made PostgreSQL choose a name with a number: `t_id_seq2`, because a table that
   * was once called t still has `t_id_seq`, and another one `t_id_seq1` (ChooseRelationName in
   * src/backend/commands/indexcmds.c). In whatever schema they are: relations move with their table and their schema.
   */
  getObstacles(command: WatchedCommand): readonly CatalogueKey[];
  record(commands: readonly WatchedCommand[], drops: readonly WatchedDrop[]): void;
}

const NAMED_BY_SERVER = new Set(['sequence', 'index']);
const RELATIONS = new Set(['table', 'index', 'sequence', 'view', 'materialized view', 'foreign table']);

export function createRelationNames(): RelationNames {
  // By the last name; several in different schemas.
  const holders = new Map<string, Set<CatalogueKey>>();
  const names = new Map<CatalogueKey, readonly [name: string, holder: CatalogueKey]>();
  const forget = (self: CatalogueKey): void => {
    const [name, holder] = names.get(self) ?? [];
    if (name !== undefined) holders.get(name)?.delete(holder!);
    names.delete(self);
  };
  return {
    getObstacles: ({ type, tag, identity, owner }) => {
      if (!NAMED_BY_SERVER.has(type) || !tag.startsWith('CREATE')) return [];
      const [, base, number] = /^(.*\D)(\d{1,3})$/.exec(getLastName(identity)) ?? [];
      if (base === undefined) return [];
      const taken = Array.from({ length: Number(number) }, (_, at) => (at === 0 ? base : `${base}${at}`));
      return taken.flatMap((name) => [...(holders.get(name) ?? [])]).filter((holder) => holder !== owner);
    },
    record: (commands, drops) => {
      for (const { self } of drops) forget(self);
      for (const { self, owner, type, identity } of commands) {
        if (self === null || owner === null || !RELATIONS.has(type)) continue;
        forget(self);
        const name = getLastName(identity);
        names.set(self, [name, owner]);
        holders.set(name, (holders.get(name) ?? new Set()).add(owner));
      }
    },
  };
}
