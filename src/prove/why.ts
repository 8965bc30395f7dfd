import type { Finding } from '../model/finding.js';
import type { History } from '../model/history.js';
import type { Observation } from '../model/observation.js';
import { renderPlace } from '../model/place.js';
import type { Problem } from './trial.js';

type Why = Pick<Finding, 'code' | 'args'>;

/** A problem as the arguments of a finding. */
export function getProblemArgs(
  { migrations }: History,
  { statements }: Observation,
  problem: Problem,
): Readonly<Record<string, unknown>> {
  if (problem.is === 'different') {
    const { object, kind, name } = problem;
    return { is: 'different', object, kind, ...(name === '' ? {} : { name }) };
  }
  if (problem.is === 'rows') {
    const { object, expected, found } = problem;
    return { is: 'rows', object, expected, found };
  }
  const statement = problem.ordinal === null ? null : statements[problem.ordinal]!;
  const place =
    statement === null
      ? null
      : renderPlace({ migrationName: migrations[statement.migration]!.name, ...statement });
  return problem.is === 'failed' ? { is: 'failed', place, reason: problem.reason } : { is: 'again', place };
}

/** The first step in code whose SQL nobody recorded, where a slice goes beyond it; null where it does not. */
export function getMissingStep(
  { codeSteps }: Pick<History, 'codeSteps'>,
  { statements }: Observation,
  kept: readonly number[],
): Why | null {
  const last = Math.max(-1, ...kept.map((ordinal) => statements[ordinal]!.migration));
  const [step] = codeSteps;
  return step === undefined || last < step.before
    ? null
    : { code: 'STEP_NOT_RECORDED', args: { step: step.name } };
}
