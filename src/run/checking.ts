import { PlinthError } from '../errors.js';
import type { Observation } from '../model/observation.js';
import { readLockFile } from '../observe/lock-file.js';
import type { ResolvedHistoryOptions } from '../options.js';
import { getRoomySlice } from '../prove/tables.js';
import { createSlicer } from '../slice/slice.js';
import { getLockFile } from './files.js';
import { isFitting, prepare } from './prepare.js';
import type { Context, Prepared } from './prepared.js';

/** What a lock file that fits says. */
export interface CheckedProof {
  readonly path: string;
  readonly statements: number;
  readonly tables: Observation['tables'];
}

/**
 * Reads the lock file and says whether it fits the history; nothing is run, and no server is needed.
 *
 * @throws LOCK_FILE_MISSING, PROOF_STALE with the statements that are not as they were.
 */
export async function checkProof(options: ResolvedHistoryOptions, context: Context): Promise<CheckedProof> {
  const path = typeof options.lockFile === 'string' ? options.lockFile : getLockFile(options.migrations);
  const locked = await readLockFile(path);
  if (locked === null) throw new PlinthError('LOCK_FILE_MISSING', { path });
  if (locked === 'older') throw createStale(path, 'it was written by an older Plinth');
  const prepared = await prepare({ ...options, lockFile: path }, context);
  await ensureSame(prepared, path, locked);
  ensureProven(path, locked);
  return { path, statements: locked.statements.length, tables: locked.tables };
}

const createStale = (path: string, reason: string, changes: readonly { is: string; place: string }[] = []) =>
  new PlinthError('PROOF_STALE', { path, reason, changes });

async function ensureSame(prepared: Prepared, path: string, locked: Observation): Promise<void> {
  if (locked.digest === prepared.key) return;
  if (!isFitting(locked, prepared)) {
    throw createStale(path, 'it is of another prelude or search path');
  }
  const { getStatementsDigest, parseHistory } = await import('./watching.js');
  const statements = await parseHistory(prepared.history);
  if (locked.statementsDigest === getStatementsDigest(statements)) return;
  const { getStatementChanges } = await import('../observe/changes.js');
  const changes = getStatementChanges(prepared.history, statements, locked);
  throw createStale(path, 'the history has changed since', changes);
}

/** Every table was proven, and its slice is what this Plinth chooses, too. */
function ensureProven(path: string, locked: Observation): void {
  const unproven = locked.tables.filter(({ proof }) => proof === undefined).map(getName);
  if (unproven.length > 0) throw createStale(path, `nobody proved ${unproven.join(', ')}`);
  const slicer = createSlicer(locked);
  const others = locked.tables.filter((table) => {
    const { statements = [], order = [] } = table.proof ?? {};
    const { ordinals } = getRoomySlice(slicer, getName(table));
    return ordinals.join() !== [...statements, ...order].sort((a, b) => a - b).join();
  });
  if (others.length > 0) {
    throw createStale(path, `this Plinth chooses other statements for ${others.map(getName).join(', ')}`);
  }
}

const getName = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  `${schema}.${name}`;
