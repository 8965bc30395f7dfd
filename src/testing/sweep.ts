import { waitFor } from '../postgres/delay.js';
import type { Row, Session } from '../postgres/session.js';
import { getSqlState } from '../postgres/sqlstate.js';
import { getPoolChannel, READ_TEMPLATES } from '../postgres/test-databases.js';
import { parseNote } from './note.js';
import { dropOwned, OWNED_DATABASES, type Owned } from './owned.js';

/** What a sweep took away, by name. */
export interface Swept {
  readonly databases: readonly string[];
  readonly templates: readonly string[];
}

export interface SweepOptions {
  /** Age in milliseconds above which templates that nobody asks for, and databases that were kept, go. */
  readonly keepFor: number;
}

// An owner whose connection was cut, or whose server was restarted, is back within this time.
const CONFIRM_MS = 2_000;
const OBJECT_IN_USE = '55006';

const isOld = (row: Row, { keepFor }: SweepOptions): boolean =>
  Date.now() - (parseNote(row['note'])?.at ?? 0) > keepFor;

async function readLeft(session: Session, owned: Owned, options: SweepOptions): Promise<readonly Row[]> {
  const rows = await session.query(owned.read);
  return rows.filter((row) => {
    if (row['sessions'] !== 0) return false;
    // What was kept no longer belongs to the process that kept it.
    return parseNote(row['note'])?.kept === true ? isOld(row, options) : row['alive'] !== true;
  });
}

async function readStale(session: Session, options: SweepOptions): Promise<readonly Row[]> {
  return (await session.query(READ_TEMPLATES)).filter((row) => isOld(row, options));
}

/** Whether there seems to be something to sweep. */
export async function hasLeftovers(session: Session, owned: Owned, options: SweepOptions): Promise<boolean> {
  return (
    (await readLeft(session, owned, options)).length > 0 || (await readStale(session, options)).length > 0
  );
}

/**
 * Drops the databases whose owners are gone, and what has been kept for too long. An owner is gone where its lock is free
 * twice, two seconds apart, and nobody is on the database: so neither a database that is in use nor that of a process which
 * lost its connection for a moment is taken from it, wherever that process runs.
 */
export async function sweep(session: Session, owned: Owned, options: SweepOptions): Promise<Swept> {
  let left = await readLeft(session, owned, options);
  if (left.length > 0) {
    const seen = new Set(left.map((row) => row['name']));
    await waitFor(CONFIRM_MS);
    left = (await readLeft(session, owned, options)).filter((row) => seen.has(row['name']));
  }
  const databases: string[] = [];
  for (const row of left) {
    if (!(await tryDrop(session, owned, String(row['name'])))) continue;
    databases.push(String(row['name']));
    if (row['kind'] === 'warm') await session.execute(`notify ${getPoolChannel(String(row['digest']))}`);
  }
  const templates: string[] = [];
  for (const row of await readStale(session, options)) {
    if (await tryDrop(session, OWNED_DATABASES, String(row['name']))) templates.push(String(row['name']));
  }
  return { databases, templates };
}

async function tryDrop(session: Session, owned: Owned, name: string): Promise<boolean> {
  try {
    await dropOwned(session, owned, name, false);
    return true;
  } catch (error) {
    // Somebody is on it after all, or clones it.
    if (getSqlState(error) === OBJECT_IN_USE) return false;
    throw error;
  }
}
