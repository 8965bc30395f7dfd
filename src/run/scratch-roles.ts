import { renderIdentifier, renderLiteral } from '../postgres/quote.js';
import type { Session } from '../postgres/session.js';
import { getSqlState, MADE_MEANWHILE } from '../postgres/sqlstate.js';

/** The application name of whoever uses a scratch server, for as long as it does. */
export const getScratchName = (id: string): string => `plinth/scratch/${id}`;

/** The comment of a role that all runs on the server share. */
export const OF_ALL = 'made by plinth/scratch, and goes with the last run that is there';

const getCommentOf = (id: string): string => `made by ${getScratchName(id)}, and goes with it`;

// To the letter: what others say of their roles is none of ours, and is not taken away.
const OURS = `^(${OF_ALL}|${getCommentOf('[0-9a-f]{12}')})$`;

/** The roles of ours that are there, with their comments. */
export const MARKED = `select r.rolname as name, d.description from pg_catalog.pg_roles r
  join pg_catalog.pg_shdescription d on d.objoid = r.oid and d.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass
  and d.description ~ ${renderLiteral(OURS)}`;

/**
 * Makes a role that histories expect to be there. All runs on the server share it, and it goes with the last of them.
 *
 * @returns false where it exists; one that another run's history made stays for this one then
 */
export async function createScratchRole(admin: Session, role: string, id: string): Promise<boolean> {
  try {
    // One transaction: whoever is killed leaves no role that nobody knows of.
    await admin.execute(`create role ${renderIdentifier(role)} nologin; ${renderComment(role, OF_ALL)}`);
    return true;
  } catch (error) {
    if (!MADE_MEANWHILE.has(getSqlState(error) ?? '')) throw error;
    const comment = await readMark(admin, role);
    if (comment !== null && comment !== OF_ALL && comment !== getCommentOf(id)) {
      await admin.execute(renderComment(role, OF_ALL)).catch(() => undefined);
    }
    return false;
  }
}

/** Has a role that a run's history made go with that run, unless it is another's. */
export async function adoptScratchRole(admin: Session, role: string, id: string): Promise<void> {
  if ((await readMark(admin, role)) === null) await admin.execute(renderComment(role, getCommentOf(id)));
}

async function readMark(admin: Session, role: string): Promise<string | null> {
  const [row] = await admin.query(`${MARKED} where r.rolname = $1`, [role]);
  return row === undefined ? null : String(row['description']);
}

const renderComment = (role: string, comment: string): string =>
  `comment on role ${renderIdentifier(role)} is ${renderLiteral(comment)}`;
