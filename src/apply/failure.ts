import { type ErrorArgs, type ErrorContext, MigrationFailedError, PlinthError } from '../errors.js';
import type { FailurePlaces } from '../model/failure.js';
import { renderPlace } from '../model/place.js';
import type { PlannedMigration, Step } from '../model/plan.js';
import { renderWithoutPasswords } from '../postgres/record-queries.js';
import { DISK_FULL, type ServerError } from '../postgres/sqlstate.js';
import { getAdvice } from './advice.js';
import type { ApplyContext } from './context.js';

/** The step that failed and where in it; the step is null where COMMIT failed. */
export interface FailedStep {
  readonly step: Step | null;
  readonly offset: number | null;
}

// "could not open extension control file": 0A000, up to PostgreSQL 12 58P01.
const NO_EXTENSION: ReadonlySet<string> = new Set(['0A000', '58P01']);

/** Turns the server's error into ours, with its places in the user's files. */
export async function createMigrationError(
  context: Pick<ApplyContext, 'findPlaces' | 'getCodeSteps' | 'target'>,
  migration: PlannedMigration,
  { step, offset }: FailedStep,
  error: ServerError,
): Promise<PlinthError> {
  const found = await findPlaces(context, step ?? migration.steps.at(-1) ?? null, offset, error);
  if (step?.kind === 'CreateExtensionStmt' && NO_EXTENSION.has(error.code)) {
    const args = { extension: parseExtension(step.sql), place: renderPlace(step) };
    return new PlinthError('EXTENSION_MISSING', args, getPlaced(found, error));
  }
  if (error.code === DISK_FULL) {
    const what = `run ${step === null ? migration.name : renderPlace(step)}`;
    const args = { target: context.target, what, reason: error.message };
    return new PlinthError('DISK_FULL', args, getPlaced(found, error));
  }
  const reason = step === null ? `${error.message}, at COMMIT` : error.message;
  const advice = getAdvice(error.code, step?.kind ?? '');
  const codeSteps = context.getCodeSteps?.(migration.ordinal) ?? [];
  return createFailedError({ migration: migration.name, reason, advice, codeSteps }, found, error);
}

/** MIGRATION_FAILED with all that the server tells, but passwords. */
export function createFailedError(
  about: Pick<ErrorArgs['MIGRATION_FAILED'], 'migration' | 'reason' | 'advice' | 'codeSteps'>,
  found: FailurePlaces,
  error: ServerError,
): MigrationFailedError {
  return new MigrationFailedError(
    'MIGRATION_FAILED',
    {
      ...about,
      sqlstate: error.code,
      detail: error.detail ?? null,
      serverHint: error.hint ?? null,
      where: error.where === undefined ? null : renderWithoutPasswords(error.where),
      built: found.built,
    },
    getPlaced(found, error),
  );
}

/** The places of an error as its context has them. */
export function getPlaced({ places }: FailurePlaces, cause?: unknown): ErrorContext {
  const [place, ...calls] = places;
  return { ...(cause === undefined ? {} : { cause }), ...(place === undefined ? {} : { place, calls }) };
}

async function findPlaces(
  context: Pick<ApplyContext, 'findPlaces'>,
  step: Step | null,
  offset: number | null,
  { where, internalQuery, internalPosition }: ServerError,
): Promise<FailurePlaces> {
  if (step === null) return { places: [], built: null };
  return await context.findPlaces(step, { offset, where, internalQuery, internalPosition });
}

/** The name in a CREATE EXTENSION. */
export function parseExtension(sql: string): string {
  const match = /\bextension\s+(?:if\s+not\s+exists\s+)?(?:"([^"]+)"|([\w$-]+))/i.exec(sql);
  return match?.[1] ?? match?.[2] ?? '?';
}
