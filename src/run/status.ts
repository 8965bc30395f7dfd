import type { Status } from '../model/status.js';
import type { ResolvedStatusOptions } from '../options.js';
import { readFacts } from '../postgres/facts.js';
import { readLedger } from '../postgres/ledger.js';
import { withReadOnly } from '../postgres/read-only.js';
import type { Session } from '../postgres/session.js';
import { readLedgerStatus } from '../postgres/status.js';
import { readDrift } from './drift.js';
import type { Context } from './prepared.js';
import { withTarget } from './reading.js';
import { createTarget } from './target.js';

/** Reads what Plinth has to do with a database, in transactions in which the server refuses to write. */
export async function readStatusOf(options: ResolvedStatusOptions, context: Context): Promise<Status> {
  const target = await createTarget(options, 'status', context);
  const read = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    withTarget(target, { ...context, timeoutMs: options.timeout }, 'reading the status', (session) =>
      withReadOnly(session, () => work(session)),
    );
  const { server, found } = await withTarget(
    target,
    { ...context, timeoutMs: options.timeout },
    'reading the status',
    async (session) => {
      // Outside of the transaction, which is read-only in any case.
      const { standby, readOnly } = await readFacts(session);
      const server = { version: session.serverVersionText, standby, readOnly };
      return { server, found: await withReadOnly(session, () => readLedgerStatus(session, options.ledger)) };
    },
  );
  const { selections, exists, version, ...rest } = found;
  const { plan, ledger: schema } = options;
  const drift =
    plan === null
      ? null
      : await readDrift(
          plan,
          await read((session) => readLedger(session, schema, plan.history)),
          selections,
          context,
          // Comparing begins a transaction of its own that only reads.
          (work) => withTarget(target, { ...context, timeoutMs: options.timeout }, 'verifying', work),
        );
  return { target: target.label, server, ledger: { schema, exists, version }, ...rest, drift };
}
