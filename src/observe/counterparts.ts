import type { CatalogueKey, WatchedStatement } from './records.js';
import { getLastName } from './tracker.js';

/** As much of a draft as this is about. */
interface Counterpart {
  readonly statement: { readonly migration: number };
  readonly watched: Pick<WatchedStatement, 'commands'>;
  readonly words: ReadonlySet<string>;
  readonly writes: Set<CatalogueKey>;
  standing: 'counts' | 'always' | 'session' | 'idle' | 'failed';
}

/**
 * A migration that runs again whenever it changes takes away first what it makes: `DROP VIEW IF EXISTS v`, then
 * `CREATE VIEW v`. The first time nothing is there to take away, so that it seems to do nothing. What names an object,
 * or a part of one, that a later statement of its file writes is taken to write it, too.
 */
export function addCounterparts(
  drafts: readonly Counterpart[],
  names: ReadonlyMap<CatalogueKey, ReadonlySet<string>>,
): void {
  for (const [index, draft] of drafts.entries()) {
    if (draft.standing !== 'idle') continue;
    const later = drafts
      .slice(index + 1)
      .filter((d) => d.statement.migration === draft.statement.migration && d.standing === 'counts');
    const written = later.flatMap(({ writes }) => [...writes]);
    const objects = written.filter((object) => hasWord(draft, names.get(object) ?? []));
    for (const { owner, identity } of later.flatMap(({ watched }) => watched.commands)) {
      if (owner !== null && hasWord(draft, [getLastName(identity)])) objects.push(owner);
    }
    if (objects.length === 0) continue;
    draft.standing = 'counts';
    for (const object of objects) draft.writes.add(object);
  }
}

function hasWord({ words }: Counterpart, names: Iterable<string>): boolean {
  return [...names].some((name) => words.has(name));
}
