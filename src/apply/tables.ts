import { PlinthError, TableExistsError } from '../errors.js';
import type { Plan } from '../model/plan.js';
import { readExistingRelations } from '../postgres/catalogue.js';
import type { Session } from '../postgres/session.js';

/** What the run is to make must not be there yet. */
export async function ensureAbsent(session: Session, { absent }: Plan): Promise<void> {
  const existing = await readExistingRelations(session, absent);
  if (existing.length > 0) throw new TableExistsError('TABLE_EXISTS', { tables: existing });
}

/** What an earlier run made must be there still. */
export async function ensureStillThere(session: Session, { expects }: Plan): Promise<void> {
  const existing = await readExistingRelations(session, expects);
  const missing = expects.filter((table) => !existing.includes(table));
  if (missing.length > 0) throw new PlinthError('LEDGER_UNTRUE', { missing });
}
