import { MAKES_ROLES } from '../postgres/catalogue.js';
import type { ParsedStatement } from '../sql/statements.js';

const LOOKED_UP = /\b(?:rolname|usename)\s*=\s*'((?:[^']|'')+)'|\bto_regrole\s*\(\s*'((?:[^']|'')+)'/gi;

type Sql = Pick<ParsedStatement, 'kind' | 'sql'>;

/** Tells the roles that a DO block looks up, to do something where they are there; none that the history makes itself. */
export function createRoleSearch(statements: readonly Sql[]): (statement: Sql) => readonly string[] {
  const makers = statements.filter(({ sql }) => MAKES_ROLES.test(sql));
  return ({ kind, sql }) => {
    if (kind !== 'DoStmt') return [];
    const found = [...sql.matchAll(LOOKED_UP)].map(([, name, cast]) => (name ?? cast)!.replaceAll("''", "'"));
    return [...new Set(found)].filter((role) => !makers.some((maker) => maker.sql.includes(role)));
  };
}
