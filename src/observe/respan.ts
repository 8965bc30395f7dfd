import type { Effect, Observation, ObservedStatement } from '../model/observation.js';
import type { Statement } from '../model/statement.js';
import type { ParsedStatement } from '../sql/statements.js';
import { getStatementsDigest } from '../sql/statements.js';

/** Where a statement stands, as an observation keeps it. */
export function getSpan(
  statement: Statement,
): Pick<ObservedStatement, 'start' | 'end' | 'rows' | 'file' | 'line' | 'column' | 'block'> {
  const { start, end, file, line, column, block } = statement;
  const rows =
    statement.rows === undefined ? undefined : ([statement.rows.start, statement.rows.end] as const);
  return { start, end, rows, file, line, column, block };
}

/**
 * An observation of the same statements with the places where they stand now; null where a statement itself
 * changed.
 */
export function getRespanned(
  observation: Observation,
  key: string,
  statements: readonly ParsedStatement[],
): Observation | null {
  if (observation.statementsDigest !== getStatementsDigest(statements)) return null;
  const isSame = (ordinal: number): boolean => {
    const [before, now] = [observation.statements[ordinal]!, statements[ordinal]!];
    return before.end - before.start === now.end - now.start;
  };
  return {
    ...observation,
    digest: key,
    statements: observation.statements.map((observed, ordinal) => {
      return { ...observed, ...getSpan(statements[ordinal]!), effect: getMoved(observed.effect, isSame) };
    }),
  };
}

/** Places inside of statements hold only where the text is the same to the letter; the length tells, near enough. */
function getMoved(effect: Effect, isSame: (ordinal: number) => boolean): Effect {
  if (effect.failed?.at === undefined || effect.failed.at.every(([ordinal]) => isSame(ordinal)))
    return effect;
  const { at: _, ...failed } = effect.failed;
  return { ...effect, failed };
}
