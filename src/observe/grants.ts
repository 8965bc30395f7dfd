import type { ParsedStatement } from '../sql/statements.js';
import { isRepeatable } from '../sql/traits.js';
import type { WatchedStatement } from './records.js';

/** As much of a draft as this is about. */
interface Granting {
  readonly statement: Pick<ParsedStatement, 'kind' | 'node'>;
  readonly watched: Pick<WatchedStatement, 'commands' | 'drops' | 'rows' | 'touched' | 'createdRoles'>;
}

/** True for what only gives rights on whatever is there: GRANT … ON ALL TABLES, also in a DO block. */
export function isRepeatableGrant({ statement, watched }: Granting): boolean {
  if (statement.kind !== 'DoStmt') return isRepeatable(statement);
  const { commands, drops, rows, touched, createdRoles } = watched;
  const others = [...drops, ...rows, ...touched, ...createdRoles];
  return (
    commands.length > 0 && others.length === 0 && commands.every(({ tag }) => /^(?:GRANT|REVOKE)$/.test(tag))
  );
}
