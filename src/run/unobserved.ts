import { isPlinthError, PlinthError } from '../errors.js';
import type { Finding, SourcePlace } from '../model/finding.js';
import { getCodeStepsBefore, type History } from '../model/history.js';
import type { Observation } from '../model/observation.js';
import { renderPlace } from '../model/place.js';
import { createSpotPlace } from './failure-places.js';
import type { Prepared } from './prepared.js';

/** Tells the first statement that failed on the scratch server, and how many others did. */
export function tellFailed({ history, context }: Prepared, observation: Observation): void {
  const failed = [...observation.statements.keys()].filter(
    (ordinal) => observation.statements[ordinal]!.effect.failed !== undefined,
  );
  if (failed.length === 0) return;
  const finding = createFinding('OBSERVATION_INCOMPLETE', history, observation, failed[0]!);
  const args = { ...finding.args, failed: failed.length };
  context.onEvent?.({ type: 'finding', finding: { ...finding, args } });
}

/** Tells which of the kept statements failed on the scratch server. */
export function tellUnobserved(
  { history, context }: Prepared,
  observation: Observation,
  kept: Iterable<number>,
): void {
  for (const ordinal of kept) {
    if (observation.statements[ordinal]!.effect.failed === undefined) continue;
    const finding = createFinding('STATEMENT_UNOBSERVED', history, observation, ordinal);
    context.onEvent?.({ type: 'finding', finding });
  }
}

function createFinding(code: string, history: History, observation: Observation, ordinal: number): Finding {
  const { effect, migration, file, line } = observation.statements[ordinal]!;
  const { sqlstate, message: reason } = effect.failed!;
  const place = renderPlace({ migrationName: history.migrations[migration]!.name, file, line });
  const codeSteps = getCodeStepsBefore(history, migration);
  const args = { place, reason, sqlstate, codeSteps };
  const [inner] = getFailedPlaces(history, observation, ordinal);
  if (inner === undefined) return { code, severity: 'warning', args };
  const within = inner.within === undefined ? '' : `, in ${inner.within}`;
  const at = `${inner.file}:${inner.line}:${inner.column}${within}`;
  const evidence = inner.excerpt.map(([number, text]) => `${number} | ${text}`);
  return { code, severity: 'warning', args: { ...args, at }, evidence };
}

/** Runs what may throw TABLE_NOT_OBSERVED, and lets that error point into the user's files. */
export function withFailedPlaces<T>(history: History, observation: Observation, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isPlinthError(error) || error.code !== 'TABLE_NOT_OBSERVED') throw error;
    const { args } = error as PlinthError<'TABLE_NOT_OBSERVED'>;
    const ordinal = observation.statements.findIndex(
      ({ effect, line }) => line === args.line && effect.failed?.table?.file === args.file,
    );
    const [place, ...calls] = getFailedPlaces(history, observation, ordinal);
    if (place === undefined) throw error;
    throw new PlinthError('TABLE_NOT_OBSERVED', args, { place, calls });
  }
}

/** Where a statement failed on the scratch server, innermost first; empty where no more than its beginning is known. */
function getFailedPlaces(
  { migrations }: History,
  { statements }: Observation,
  ordinal: number,
): readonly SourcePlace[] {
  return (statements[ordinal]?.effect.failed?.at ?? []).flatMap(([at, offset, within]) => {
    const statement = statements[at];
    const migration = statement === undefined ? undefined : migrations[statement.migration];
    if (statement === undefined || migration === undefined) return [];
    return [createSpotPlace(migration, statement, { offset, within })];
  });
}
