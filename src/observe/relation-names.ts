import type { CatalogueKey, WatchedCommand, WatchedDrop } from './records.js';

/** Who holds which name of a relation, while the history runs. */
export interface RelationNames {
  /**
   * The other object whose relation made PostgreSQL choose a name with a number: `t_id_seq1`, because a table that
   * was once called t still has `t_id_seq` (ChooseRelationName in src/backend/commands/indexcmds.c).
   */
  getObstacle(command: WatchedCommand): CatalogueKey | null;
  record(commands: readonly WatchedCommand[], drops: readonly WatchedDrop[]): void;
}

const NAMED_BY_SERVER = new Set(['sequence', 'index']);
const RELATIONS = new Set(['table', 'index', 'sequence', 'view', 'materialized view', 'foreign table']);

export function createRelationNames(): RelationNames {
  const holders = new Map<string, CatalogueKey>();
  const names = new Map<CatalogueKey, string>();
  return {
    getObstacle: ({ type, tag, identity, owner }) => {
      if (!NAMED_BY_SERVER.has(type) || !tag.startsWith('CREATE')) return null;
      const base = /^(.*\D)\d+("?)$/.exec(identity);
      const holder = base === null ? undefined : holders.get(base[1]! + base[2]!);
      return holder === undefined || holder === owner ? null : holder;
    },
    record: (commands, drops) => {
      for (const { self } of drops) {
        const name = names.get(self);
        if (name !== undefined) holders.delete(name);
        names.delete(self);
      }
      for (const { self, owner, type, identity } of commands) {
        if (self === null || owner === null || !RELATIONS.has(type)) continue;
        const before = names.get(self);
        if (before !== undefined) holders.delete(before);
        names.set(self, identity);
        holders.set(identity, owner);
      }
    },
  };
}
