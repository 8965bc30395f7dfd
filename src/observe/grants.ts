import { isRepeatable } from '../sql/traits.js';
import type { Draft } from './drafts.js';

/** True for what only gives rights on whatever is there: GRANT … ON ALL TABLES, also in a DO block. */
export function isRepeatableGrant({ statement, watched }: Pick<Draft, 'statement' | 'watched'>): boolean {
  if (statement.kind !== 'DoStmt') return isRepeatable(statement);
  const { commands, drops, rows, touched, createdRoles } = watched;
  const others = [...drops, ...rows, ...touched, ...createdRoles];
  return (
    commands.length > 0 && others.length === 0 && commands.every(({ tag }) => /^(?:GRANT|REVOKE)$/.test(tag))
  );
}
