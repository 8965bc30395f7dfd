import type { PlannedMigration, Step } from '../model/plan.js';
import { getDropIndexSql, isEmptyOrMissing, readIndex, readIndexTable } from '../postgres/catalogue.js';
import type { Session } from '../postgres/session.js';
import { isServerError } from '../postgres/sqlstate.js';
import { getStepKey, type Progress } from './progress.js';

/**
 * The keys of the index statements whose CONCURRENTLY can be left out: their table is empty, or the run itself makes
 * it, so there is nobody to keep waiting, and the plain statement gives the same within the migration's transaction.
 */
export async function readPlainSteps(
  session: Session,
  migration: PlannedMigration,
): Promise<ReadonlySet<string>> {
  const plain = new Set<string>();
  // Names are looked up before the migration runs; one that sets a search path of its own may mean another table.
  if (migration.steps.some((step) => step.session && /search_path/i.test(step.sql))) return plain;
  for (const step of migration.steps) {
    if (step.concurrently !== undefined && (await isForNobody(session, step))) plain.add(getStepKey(step));
  }
  return plain;
}

async function isForNobody(session: Session, step: Step): Promise<boolean> {
  const { does, table, index } = step.concurrently!;
  if (does === 'reindex') return false;
  try {
    const of = does === 'drop' && index !== null ? await readIndexTable(session, index) : table;
    return of === null ? does === 'drop' : await isEmptyOrMissing(session, of);
  } catch (error) {
    // No right to read the table: it may hold rows.
    if (isServerError(error)) return false;
    throw error;
  }
}

/** The statement without its CONCURRENTLY; blanks stand in for it, so that positions stay right. */
export function renderPlain(step: Step): string {
  const { start, end } = step.concurrently!;
  return step.sql.slice(0, start) + ' '.repeat(end - start) + step.sql.slice(end);
}

/** What is to be done about an index before its statement runs. */
export type IndexState = 'run' | 'done' | 'invalid';

/**
 * Looks for the index that a concurrent statement is to make. One that a run of ours left behind invalid is dropped;
 * one of ours that is valid is `done`; an invalid one of somebody else's is `invalid`.
 */
export async function ensureIndexSlot(
  session: Session,
  step: Step,
  started: boolean,
  progress: Progress,
): Promise<IndexState> {
  const found = await readMadeIndex(session, step);
  if (found === null) return 'run';
  if (!started) return found.valid ? 'run' : 'invalid';
  if (found.valid) return 'done';
  await session.execute(getDropIndexSql(found.name));
  progress.add({ code: 'INDEX_REBUILT', severity: 'warning', args: { index: found.name } });
  return 'run';
}

/** The index that a step makes concurrently, by its name; null where it is not there or PostgreSQL chose the name. */
export async function readMadeIndex(
  session: Session,
  step: Step,
): Promise<{ readonly name: string; readonly valid: boolean } | null> {
  const { does, table, index } = step.concurrently!;
  if (does !== 'create' || table === null || index === null) return null;
  return await readIndex(session, table, index);
}

/** Whether a step that ended well left a valid index; IF NOT EXISTS ends well with an invalid one, or one of another table. */
export async function isIndexValid(session: Session, step: Step): Promise<boolean> {
  const { does, table, index } = step.concurrently!;
  if (does !== 'create' || table === null || index === null) return true;
  return (await readMadeIndex(session, step))?.valid === true;
}
