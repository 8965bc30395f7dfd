import type { ObjectRef } from '../model/observation.js';
import type { PlannableStatement } from '../plan/plannable.js';
import { readExistingRoles } from '../postgres/catalogue.js';
import type { Session } from '../postgres/session.js';
import type { SkippedStatement } from '../verify/skipped.js';

/** What a target need not have, because it lacks the roles that the history does it for. */
export async function readUnsought(
  session: Session,
  statements: readonly Pick<PlannableStatement, 'kind' | 'effect'>[],
  refs: ReadonlyMap<string, ObjectRef>,
): Promise<readonly SkippedStatement[]> {
  const seeking = statements.filter(({ effect }) => effect?.soughtRoles !== undefined);
  const getSought = ({ effect }: (typeof seeking)[number]): readonly string[] => effect!.soughtRoles!;
  const there = await readExistingRoles(session, [...new Set(seeking.flatMap(getSought))]);
  return seeking.flatMap((statement): readonly SkippedStatement[] => {
    const roles = getSought(statement).filter((role) => !there.has(role));
    return roles.length === 0 ? [] : [createSkipped(statement, roles, refs)];
  });
}

/** A statement that was left out for want of roles, as comparing needs it. */
export function createSkipped(
  { kind, effect }: Pick<PlannableStatement, 'kind' | 'effect'>,
  roles: readonly string[],
  refs: ReadonlyMap<string, ObjectRef>,
): SkippedStatement {
  const objects = [...refs].filter(([, ref]) => effect?.writes.includes(ref)).map(([name]) => name);
  return { kind, roles, objects: new Set(objects) };
}
