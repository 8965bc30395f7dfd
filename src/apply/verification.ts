import { PlinthError } from '../errors.js';
import type { RunResult } from '../model/result.js';
import type { Session } from '../postgres/session.js';
import type { ApplyContext } from './context.js';
import type { Progress } from './progress.js';
import type { Stop } from './stop.js';

/** As much of a run as verifying needs. */
export interface VerifiedRun {
  readonly context: ApplyContext;
  readonly progress: Progress;
  readonly stop: Stop;
}

/**
 * The result of a run with how its outcome compares with what the history leaves; as it is where nothing ran. Call it
 * when the lock is free: nobody need wait for it.
 *
 * @throws VERIFICATION_FAILED with the result, TIMEOUT, ABORTED
 */
export async function withVerification(
  { context, progress, stop }: VerifiedRun,
  session: Session,
  result: RunResult,
): Promise<RunResult> {
  const { verify } = context;
  if (verify === undefined || !result.steps.some(({ status }) => status === 'applied')) return result;
  stop.throwIfStopped('verifying');
  const { verified, findings } = await stop
    .guard(session, () => verify(session))
    .catch((error: unknown) => {
      throw stop.reason === null ? error : stop.createError('verifying', error);
    });
  for (const finding of findings) progress.add(finding);
  const whole = { ...progress.getResult(result.outcome, result.created), verified };
  if (verified === null) return whole;
  const { checked, differences, elapsedMs } = verified;
  context.onEvent?.({ type: 'compared', checked, differences, elapsedMs });
  if (verified.ok) return whole;
  const error = new PlinthError('VERIFICATION_FAILED', { target: context.target, differences });
  error.result = whole;
  throw error;
}
