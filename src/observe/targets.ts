import type { ParsedStatement } from '../sql/statements.js';
import { getDataTarget } from '../sql/traits.js';
import type { CatalogueKey, WatchedStatement } from './records.js';

/** As much of a draft as this is about. */
interface Idle {
  readonly statement: ParsedStatement;
  readonly watched: Pick<WatchedStatement, 'resolved' | 'calls'>;
  readonly words: ReadonlySet<string>;
  readonly targets: Set<CatalogueKey>;
}

/** Rows that are there already make an idle data statement matter: it is remembered whose rows. */
export function addTargets(
  { statement, watched, words, targets }: Idle,
  names: ReadonlyMap<CatalogueKey, ReadonlySet<string>>,
): void {
  const { kind } = statement;
  const target = getDataTarget(statement);
  if (target !== null) {
    const found = watched.resolved.find(
      (r) => r.kind === 'relation' && r.schema === target.schema && r.name === target.name,
    );
    if (found !== undefined) targets.add(found.object);
  } else if (kind === 'TruncateStmt' || kind === 'RefreshMatViewStmt') {
    for (const { object, kind: named } of watched.resolved) if (named === 'relation') targets.add(object);
  } else if (kind === 'DoStmt' || kind === 'CallStmt' || watched.calls.length > 0) {
    for (const [object, known] of names) {
      if (object.startsWith('pg_class') && [...known].some((name) => words.has(name))) targets.add(object);
    }
  }
}
