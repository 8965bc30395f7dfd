import { MigrationFailedError, PlinthError } from '../errors.js';
import type { SourcePlace } from '../model/finding.js';
import { renderPlace } from '../model/place.js';
import type { PlannedMigration, Step } from '../model/plan.js';
import type { ServerError } from '../postgres/sqlstate.js';
import { getAdvice } from './advice.js';
import type { ApplyContext } from './context.js';
import { createPlace } from './place.js';

/** The step that failed and where in it; the step is null where COMMIT failed. */
export interface FailedStep {
  readonly step: Step | null;
  readonly offset: number | null;
}

// "could not open extension control file": 0A000, up to PostgreSQL 12 58P01.
const NO_EXTENSION: ReadonlySet<string> = new Set(['0A000', '58P01']);

/** Turns the server's error into ours, with its place in the user's file. */
export function createMigrationError(
  context: Pick<ApplyContext, 'getSource' | 'getCodeSteps'>,
  migration: PlannedMigration,
  failed: FailedStep,
  error: ServerError,
): PlinthError {
  const { step } = failed;
  const place = getPlace(context, step ?? migration.steps.at(-1) ?? null, failed.offset);
  const placed = place === null ? { cause: error } : { cause: error, place };
  if (step?.kind === 'CreateExtensionStmt' && NO_EXTENSION.has(error.code)) {
    const args = { extension: parseExtension(step.sql), place: renderPlace(step) };
    return new PlinthError('EXTENSION_MISSING', args, placed);
  }
  return new MigrationFailedError(
    'MIGRATION_FAILED',
    {
      migration: migration.name,
      reason: step === null ? `${error.message}, at COMMIT` : error.message,
      sqlstate: error.code,
      detail: error.detail ?? null,
      serverHint: error.hint ?? null,
      where: error.where ?? null,
      advice: getAdvice(error.code, step?.kind ?? ''),
      codeSteps: context.getCodeSteps?.(migration.ordinal) ?? [],
    },
    placed,
  );
}

function getPlace(
  context: Pick<ApplyContext, 'getSource'>,
  step: Step | null,
  offset: number | null,
): SourcePlace | null {
  return step === null ? null : createPlace(step, offset, context.getSource(step));
}

function parseExtension(sql: string): string {
  const match = /\bextension\s+(?:if\s+not\s+exists\s+)?(?:"([^"]+)"|([\w$-]+))/i.exec(sql);
  return match?.[1] ?? match?.[2] ?? '?';
}
