import type { CatalogueKey, WatchedStatement } from './records.js';

/** Knows which tables inherit from which, and on which tables views stand. */
export interface Heirs {
  /** The tables whose rows a statement met because it reads, or changes, one from which they inherit, or a view on them. */
  getMet(watched: Pick<WatchedStatement, 'locks'>): readonly CatalogueKey[];
  record(watched: Pick<WatchedStatement, 'dependencies'>): void;
}

const TABLES = new Set(['r', 'p', 'm', 'f']);

export function createHeirs(): Heirs {
  const parents = new Map<CatalogueKey, Set<CatalogueKey>>();
  return {
    getMet: ({ locks }) => {
      const locked = new Set(locks.map(({ object }) => object));
      const isHeir = (object: CatalogueKey): boolean =>
        [...(parents.get(object) ?? [])].some((parent) => locked.has(parent));
      const views = locks.filter(({ relkind }) => relkind === 'v');
      const below = new Set(views.flatMap(({ object }) => [...(parents.get(object) ?? [])]));
      return locks
        .filter(
          ({ object, relkind }) =>
            relkind !== null && TABLES.has(relkind) && (isHeir(object) || below.has(object)),
        )
        .map(({ object }) => object);
    },
    record: ({ dependencies }) => {
      // A table as such depends on those only that it inherits from, its parts on others; a view on what it reads.
      for (const { object, needs, via } of dependencies) {
        if (via !== '' || !object.startsWith('pg_class') || !needs.startsWith('pg_class')) continue;
        parents.set(object, (parents.get(object) ?? new Set()).add(needs));
      }
    },
  };
}
