import { createStop } from '../apply/stop.js';
import type { VerifyResult } from '../model/verification.js';
import { type ResolvedVerifyOptions, resolveVerifyOptions, type VerifyOptions } from '../options.js';
import { waitFor } from '../postgres/delay.js';
import type { Session } from '../postgres/session.js';
import { isServerError, SESSION_ENDED } from '../postgres/sqlstate.js';
import { createSlicer } from '../slice/slice.js';
import { createVerification } from './expectation.js';
import { getUnwantedPartitions } from './planning.js';
import { getObservation, prepare } from './prepare.js';
import type { Context, Prepared } from './prepared.js';
import type { Target } from './target.js';
import { withFailedPlaces } from './unobserved.js';

/**
 * Compares the target's catalogue with what the history leaves for the wanted tables and all that they stand on. With
 * `for` it is compared again and again, until that time is over or something differs. Nothing is locked or written.
 *
 * @throws PlinthError; a difference is a result, and no error.
 */
export async function verify(options: VerifyOptions, context: Context = {}): Promise<VerifyResult> {
  const resolved = resolveVerifyOptions(options, process.env);
  const prepared = await prepare(resolved, context);
  const compare = await readVerification(prepared, resolved);
  const { createTarget } = await import('./target.js');
  const target = await createTarget(resolved, 'verify', context);
  const start = performance.now();
  const told = new Set<string>();
  let session: Session | null = null;
  try {
    for (;;) {
      session ??= await target.open({ timeoutMs: resolved.timeout, signal: context.signal });
      const result = await verifyOnce(session, compare, resolved.timeout, context).catch(
        async (error: unknown) => {
          if (resolved.for === null || !(await isSessionLost(error, session!))) throw error;
          return null;
        },
      );
      if (result === null) session = await reconnect(target, session, resolved, context);
      else {
        const { checked, differences, elapsedMs } = result;
        for (const finding of result.findings) {
          const key = JSON.stringify([finding.code, finding.args['object'] ?? finding.args['table']]);
          if (!told.has(key)) context.onEvent?.({ type: 'finding', finding });
          told.add(key);
        }
        context.onEvent?.({ type: 'compared', checked, differences, elapsedMs });
        const left = resolved.for === null ? 0 : resolved.for - (performance.now() - start);
        if (!result.ok || left <= 0) return result;
        await waitFor(Math.min(resolved.every, left), context.signal);
      }
    }
  } finally {
    await session?.close();
  }
}

/** Reads the history and what it leaves; for one session after the other. */
export async function readVerification(
  prepared: Prepared,
  options: ResolvedVerifyOptions,
): Promise<(session: Session) => Promise<VerifyResult>> {
  const observation = await getObservation(prepared);
  const { tables, alone } = options;
  const { codeSteps } = prepared.history;
  const slice =
    tables.length === 0
      ? null
      : withFailedPlaces(prepared.history, observation, () =>
          createSlicer(observation).getSlice({
            tables,
            alone,
            declared: options.declared ?? [],
            codeSteps,
            unwanted: getUnwantedPartitions(observation, options),
          }),
        );
  return createVerification(prepared, options, observation, slice);
}

/** Compares once, within the budget. */
export async function verifyOnce(
  session: Session,
  compare: (session: Session) => Promise<VerifyResult>,
  timeoutMs: number,
  { signal }: Context,
): Promise<VerifyResult> {
  const stop = createStop(timeoutMs, signal);
  try {
    stop.throwIfStopped('verifying');
    return await stop.guard(session, () => compare(session));
  } catch (error) {
    throw stop.reason === null ? error : stop.createError('verifying', error);
  } finally {
    stop.dispose();
  }
}

async function reconnect(
  target: Target,
  session: Session,
  { timeout }: ResolvedVerifyOptions,
  { signal, onEvent }: Context,
): Promise<Session> {
  const cause = (await session.closed)?.message ?? 'the connection was closed';
  onEvent?.({ type: 'reconnecting', cause, attempt: 1 });
  await session.close();
  return await target.open({ timeoutMs: timeout, signal });
}

// An error of the connection comes before the connection is seen to end.
export async function isSessionLost(error: unknown, session: Session): Promise<boolean> {
  if (isServerError(error)) return SESSION_ENDED.has(error.code);
  return await Promise.race([session.closed.then(() => true), waitFor(500).then(() => false)]);
}
