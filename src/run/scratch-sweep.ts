import { renderIdentifier, renderLiteral } from '../postgres/quote.js';
import type { Session } from '../postgres/session.js';

/** The application name of whoever uses a scratch server, for as long as it does. */
export const getScratchName = (id: string): string => `plinth/scratch/${id}`;

/** What tells a role that was made for a scratch database from any other. */
export const getScratchComment = (id: string): string => `made by plinth/scratch/${id}, and goes with it`;

/** Takes away the databases and roles of those that were killed: their sessions have ended. */
export async function sweepScratchDatabases(admin: Session): Promise<void> {
  const left = await admin.query(
    `select b.datname as name from pg_catalog.pg_database b where b.datname ~ '^plinth_scratch_[0-9a-f]{12}_'
       and not ${isAlive("'plinth/scratch/' || pg_catalog.split_part(b.datname, '_', 3)")}`,
  );
  for (const { name } of left) {
    await admin.execute(`drop database if exists ${String(name)} with (force)`).catch(() => undefined);
  }
  const roles = await admin.query(
    `select r.rolname as name from pg_catalog.pg_shdescription d join pg_catalog.pg_roles r on r.oid = d.objoid
       where d.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass
       and d.description ~ ${renderLiteral('^made by plinth/scratch/[0-9a-f]{12}, and goes with it$')}
       and not ${isAlive("substring(d.description from 'plinth/scratch/[0-9a-f]{12}')")}`,
  );
  for (const { name } of roles) {
    await admin.execute(`drop role if exists ${renderIdentifier(String(name))}`).catch(() => undefined);
  }
}

const isAlive = (applicationName: string): string =>
  `exists (select from pg_catalog.pg_stat_activity a where a.application_name = ${applicationName})`;
