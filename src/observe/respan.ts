import type { Observation } from '../model/observation.js';
import type { ParsedStatement } from '../sql/statements.js';
import { getStatementsDigest } from '../sql/statements.js';

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
  return {
    ...observation,
    digest: key,
    statements: observation.statements.map((observed, ordinal) => {
      const { start, end, line, column } = statements[ordinal]!;
      return { ...observed, start, end, line, column };
    }),
  };
}
