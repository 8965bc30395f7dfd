import type { ObjectRef } from '../model/observation.js';
import type { PlannableStatement } from './plannable.js';

/** Tables of an earlier run whose name a new table takes. */
export interface Replaced {
  /** The names (`schema.name`) that new tables take. */
  readonly names: ReadonlySet<string>;
  /** Ordinals that drop or rename the old tables, and whatever else the history does to them: they must run first. */
  readonly ordinals: readonly number[];
}

/**
 * Finds the tables that the ledger's statements made under a name that one of the tables to be made has in the
 * end. On an empty database the old ones are never there, so no slice has what takes them away.
 */
export function getReplaced(
  statements: readonly PlannableStatement[],
  applied: ReadonlySet<number>,
  creates: readonly string[],
): Replaced {
  const names = new Set<string>();
  const ordinals = new Set<number>();
  if (applied.size === 0 || creates.length === 0) return { names, ordinals: [] };
  const before = statements.filter(({ ordinal }) => applied.has(ordinal));
  const made = new Set(before.flatMap(({ effect }) => effect?.creates ?? []));
  for (const table of creates) {
    const name = table.slice(table.indexOf('.') + 1);
    const old = new Set<ObjectRef>(
      before
        .filter((statement) => givesName(statement, name))
        .flatMap(({ effect }) => effect?.writes ?? [])
        .filter((object) => made.has(object)),
    );
    const later = statements.filter(
      ({ ordinal, effect }) => !applied.has(ordinal) && effect?.writes.some((object) => old.has(object)),
    );
    if (later.length > 0) names.add(table);
    for (const { ordinal } of later) ordinals.add(ordinal);
  }
  return { names, ordinals: [...ordinals] };
}

function givesName({ kind, sql }: PlannableStatement, name: string): boolean {
  const word = `(?:"?[\\w$]+"?\\s*\\.\\s*)?"?${name.replace(/[^\w]/g, '\\$&')}"?(?![\\w$"])`;
  switch (kind) {
    case 'CreateStmt':
    case 'CreateTableAsStmt':
      return new RegExp(`\\btable\\s+(?:if\\s+not\\s+exists\\s+)?${word}`, 'i').test(sql);
    case 'RenameStmt':
      return new RegExp(`\\bto\\s+${word}`, 'i').test(sql);
    case 'DoStmt':
    case 'CallStmt':
    case 'SelectStmt':
      return sql.includes(name);
    default:
      return false;
  }
}
