import { isPlinthError, PlinthError } from '../errors.js';
import type { Finding } from '../model/finding.js';
import type { VerifyResult } from '../model/verification.js';
import { resolveVerifyOptions, type VerifyOptions } from '../options.js';
import { waitFor } from '../postgres/delay.js';
import type { Session } from '../postgres/session.js';
import { prepare } from './prepare.js';
import type { Context } from './prepared.js';
import { createTarget } from './target.js';
import { isSessionLost, readVerification, verifyOnce } from './verifying.js';

const DEFAULT_EVERY_MS = 1_000;
// The last look is one, too.
const LOOK_MS = 5_000;
// What somebody else, who deploys at the same time, may still bring about.
const PASSING =
  /^(?:POSTGRES_NOT_READY|CONNECTION_LOST|DATABASE_MISSING|NAMESPACE_MISSING|SERVICE_MISSING|SERVICE_WITHOUT_PODS|POD_|PORT_CLOSED|CONTAINER_NOT_CREATED|TOO_MANY_CONNECTIONS|API_UNREACHABLE)/;

/**
 * Ends when the wanted tables, with all they stand on, are as the history leaves them; tells what it waits for. Nothing
 * is locked or written.
 *
 * @throws PlinthError; VERIFICATION_FAILED with what still differs when the time is up.
 */
export async function wait(options: VerifyOptions, context: Context = {}): Promise<VerifyResult> {
  const resolved = resolveVerifyOptions({ every: DEFAULT_EVERY_MS, ...options }, process.env);
  const prepared = await prepare(resolved, context);
  const compare = await readVerification(prepared, resolved);
  const target = await createTarget(resolved, 'wait', context);
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  const getLeft = (): number => Math.max(0, resolved.timeout - elapsed());
  let told = '';
  const tell = (finding: Finding): void => {
    const words = JSON.stringify([finding.code, finding.args]);
    if (words === told) return;
    told = words;
    context.onEvent?.({ type: 'waiting', forWhat: 'tables', holder: null, finding, elapsedMs: elapsed() });
  };
  let session: Session | null = null;
  try {
    for (;;) {
      const seen = await look();
      if ('ok' in seen && seen.ok) return seen;
      if (context.signal?.aborted === true) throw new PlinthError('ABORTED', { phase: 'waiting for tables' });
      if (getLeft() <= 0) throw createError(seen);
      tell(getFinding(seen));
      await waitFor(Math.min(resolved.every, getLeft()), context.signal);
    }
  } finally {
    await (session as Session | null)?.close();
  }

  async function look(): Promise<VerifyResult | PlinthError> {
    try {
      session ??= await target.open({ timeoutMs: Math.max(1, getLeft()), signal: context.signal });
      return await verifyOnce(session, compare, Math.max(LOOK_MS, getLeft()), context);
    } catch (error) {
      if (session !== null && !isPlinthError(error) && (await isSessionLost(error, session))) {
        await session.close();
        session = null;
        const args = { target: target.label, reason: (error as Error).message };
        return new PlinthError('CONNECTION_LOST', args, { cause: error });
      }
      if (isPlinthError(error) && PASSING.test(error.code) && context.signal?.aborted !== true) return error;
      throw error;
    }
  }

  function createError(seen: VerifyResult | PlinthError): PlinthError {
    if (isPlinthError(seen)) return seen;
    const { differences } = seen;
    return new PlinthError('TABLES_NOT_READY', { target: target.label, differences, waitedMs: elapsed() });
  }
}

function getFinding(seen: VerifyResult | PlinthError): Finding {
  if (isPlinthError(seen)) {
    return { code: 'TARGET_NOT_READY', severity: 'info', args: { reason: seen.message } };
  }
  const { differences } = seen;
  return {
    code: 'TABLES_DIFFER',
    severity: 'info',
    args: { count: differences.length, first: differences[0] },
  };
}
