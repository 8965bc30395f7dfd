import type { Difference } from '../model/fact.js';

/** A statement that was left out of a run because roles were missing that it names. */
export interface SkippedStatement {
  readonly kind: string;
  readonly roles: readonly string[];
  /** What it would have written, as differences name it: `table public.orders`. */
  readonly objects: ReadonlySet<string>;
}

/** True where a difference is what a left-out statement would have made: a role's rights, or its ownership. */
export function isSkipped(difference: Difference, skipped: readonly SkippedStatement[]): boolean {
  const { object, kind, name, expected } = difference;
  const role =
    kind === 'grant' ? name.replace(/ on column [\s\S]*$/, '') : kind === 'owner' ? expected : null;
  if (role === null) return false;
  return skipped.some(
    (statement) =>
      statement.roles.includes(role) &&
      // Default privileges give rights to whatever is made after them.
      (statement.objects.has(object) || statement.kind === 'AlterDefaultPrivilegesStmt'),
  );
}
