import type { ParsedStatement } from '../sql/statements.js';
import { getRoles } from '../sql/traits.js';
import type { CatalogueKey, WatchedStatement } from './records.js';

/** As much of a draft as this is about. */
interface Naming {
  readonly statement: ParsedStatement;
  readonly watched: Pick<WatchedStatement, 'createdRoles'>;
  readonly writes: Set<CatalogueKey>;
  readonly needs: Set<CatalogueKey>;
}

/** Roles that the history made count as objects: who names one needs it, and who is about it writes it. */
export function addRoles({ statement, watched, writes, needs }: Naming, roles: Set<string>): void {
  for (const role of watched.createdRoles) {
    roles.add(role);
    writes.add(`role:${role}`);
  }
  const isAboutRoles = /^(Create|Alter|Drop|Grant)Role|^AlterRoleSet/.test(statement.kind);
  for (const role of getRoles(statement).filter((name) => roles.has(name))) {
    // GRANT a TO b is about both, and needs both.
    if (isAboutRoles) writes.add(`role:${role}`);
    needs.add(`role:${role}`);
  }
}
