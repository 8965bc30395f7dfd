import { renderIdentifier, renderLiteral } from '../postgres/quote.js';
import type { Session } from '../postgres/session.js';
import { getScratchName, MARKED, OF_ALL } from './scratch-roles.js';

/**
 * Takes away the databases and roles of runs that have ended, as they do when killed. Runs do so one after the other, at
 * their begin and at their end: otherwise a role could go between a run's look for it and its use, or each of two that
 * end at once could leave it to the other.
 */
export async function sweepScratch(admin: Session, id: string): Promise<void> {
  await admin.execute(LOCK).catch(() => undefined);
  const left = await admin.query(
    `select b.datname as name from pg_catalog.pg_database b where b.datname ~ '^plinth_scratch_[0-9a-f]{12}_'
       and not ${isAlive("= 'plinth/scratch/' || pg_catalog.split_part(b.datname, '_', 3)")}`,
  );
  for (const { name } of left) {
    await admin.execute(`drop database if exists ${String(name)} with (force)`).catch(() => undefined);
  }
  const others = `~ '^plinth/scratch/[0-9a-f]{12}$' and a.application_name <> ${renderLiteral(getScratchName(id))}`;
  const roles = await admin.query(
    `${MARKED} where case d.description when ${renderLiteral(OF_ALL)} then not ${isAlive(others)}
       else not ${isAlive("= substring(d.description from 'plinth/scratch/[0-9a-f]{12}')")} end`,
  );
  for (const { name } of roles) {
    await admin.execute(`drop role if exists ${renderIdentifier(String(name))}`).catch(() => undefined);
  }
  await admin.execute(UNLOCK);
}

// "plns" in ASCII, beside the class of the targets' locks. Freed with the session; whoever stands still with it is not waited for.
const KEY = `${0x70_6c_6e_73}, 1`;
const LOCK = `set lock_timeout = '10s'; select pg_catalog.pg_advisory_lock(${KEY}); reset lock_timeout`;
const UNLOCK = `select pg_catalog.pg_advisory_unlock(${KEY})`;

const isAlive = (applicationName: string): string =>
  `exists (select from pg_catalog.pg_stat_activity a where a.application_name ${applicationName})`;
