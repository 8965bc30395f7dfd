import type { Plan } from '../model/plan.js';
import type { ResolvedPlanOptions } from '../options.js';
import { readLedger } from '../postgres/ledger.js';
import { withReadOnly } from '../postgres/read-only.js';
import type { Session } from '../postgres/session.js';
import { type Planner, readOldSql } from './planning.js';
import type { Prepared } from './prepared.js';
import { withTarget } from './reading.js';
import { createTarget } from './target.js';
import { loadToolReader } from './tool-reader.js';

const READING = 'reading the ledger';

/** The plan for a database as it is: all of it is read in transactions in which the server refuses to write. */
export async function readPlan(
  prepared: Prepared,
  options: ResolvedPlanOptions,
  planner: Planner,
): Promise<Plan> {
  const { context } = prepared;
  const target = await createTarget(options, 'plan', context);
  const run = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    withTarget(target, { ...context, timeoutMs: options.timeout }, READING, work);
  const read = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    run((session) => withReadOnly(session, () => work(session)));
  const own = await read((session) => readLedger(session, options.ledger, options.history));
  const reader = await loadToolReader(prepared, options, planner);
  const tool = await reader?.reconcile(own, run);
  for (const finding of tool?.findings ?? []) context.onEvent?.({ type: 'finding', finding });
  return await planner.getPlan(tool?.ledger ?? own, (change) =>
    read((session) => readOldSql(session, options, change)),
  );
}
