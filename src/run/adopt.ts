import { recordAdoption } from '../apply/adopt.js';
import type { Adoption, AdoptionReport, AdoptionTable } from '../model/adoption.js';
import type { Ledger } from '../model/ledger.js';
import type { ResolvedAdoptOptions } from '../options.js';
import { ensureWritable, readFacts } from '../postgres/facts.js';
import { endRun, ensureLedger, readLedger, recordHistory } from '../postgres/ledger.js';
import { withLock } from '../postgres/lock.js';
import { ensureNotPooled } from '../postgres/pooler.js';
import { withReadOnly } from '../postgres/read-only.js';
import type { Session } from '../postgres/session.js';
import { VERSION } from '../version.js';
import { createAdoption } from './adopting.js';
import { getAdoptableTables } from './adoption-tables.js';
import { readComparison } from './comparison.js';
import { readOlderStates } from './older-state.js';
import { createPlanner, type Planner } from './planning.js';
import { prepare } from './prepare.js';
import type { Context } from './prepared.js';
import { withTarget } from './reading.js';
import { createTarget } from './target.js';

/**
 * Tells of every table how it compares with what the history leaves, and with `yes` takes those that are equal into the
 * ledger, under the lock. Nothing is run; without `yes` nothing is locked or written.
 */
export async function adoptTarget(options: ResolvedAdoptOptions, context: Context): Promise<AdoptionReport> {
  const prepared = await prepare(options, context);
  const planner = await createPlanner(prepared, options);
  // Without an observation there is nothing to compare with.
  const watched = await planner.watch();
  const target = await createTarget(options, options.service, context);
  const { ledger: schema, history } = options;
  const read = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    withTarget(target, { ...context, timeoutMs: options.timeout }, 'comparing tables', work);
  const look = async (session: Session, ledger: Ledger): Promise<Look> => {
    const comparison = await readComparison(session, prepared, watched, ledger);
    const { tables, adopted } = getAdoptableTables(prepared, watched, comparison);
    const at = { watched, comparison, adopted };
    const adoption = await withReadOnly(session, () => createAdoption(session, prepared, options, at));
    return { tables, adoption };
  };
  const { tables, adoption } = options.yes
    ? await read((session) => record(session, options, { target, planner, look, context }))
    : await read(async (session) =>
        look(session, await withReadOnly(session, () => readLedger(session, schema, history))),
      );
  const different = tables.filter(({ state, reason }) => state === 'different' && reason === null);
  const states = new Map(
    (
      await readOlderStates(
        prepared,
        watched,
        different.map(({ name }) => name),
        read,
      )
    ).map(({ table, migration }) => [table, migration]),
  );
  const { length: statements } = adoption.steps;
  return {
    target: target.label,
    outcome: statements === 0 ? 'nothing-to-adopt' : options.yes ? 'adopted' : 'would-adopt',
    tables: tables.map((table) => ({ ...table, asOf: states.get(table.name) ?? null })),
    statements,
    findings: adoption.findings,
  };
}

interface Look {
  readonly tables: readonly AdoptionTable[];
  readonly adoption: Adoption;
}

async function record(
  session: Session,
  options: ResolvedAdoptOptions,
  {
    target,
    planner,
    look,
    context,
  }: {
    readonly target: Awaited<ReturnType<typeof createTarget>>;
    readonly planner: Planner;
    readonly look: (session: Session, ledger: Ledger) => Promise<Look>;
    readonly context: Context;
  },
): Promise<Look> {
  const { signal, onEvent } = context;
  const { ledger: schema, history, timeout: timeoutMs, service } = options;
  const facts = await readFacts(session);
  await ensureWritable(session, facts, target.label);
  const connect = (): Promise<Session> => target.open({ timeoutMs, signal });
  await ensureNotPooled(session, facts, { target: target.label, connect });
  return await withLock(session, { schema, timeoutMs, signal, onEvent }, async () => {
    const found = await look(session, await readLedger(session, schema, history));
    if (found.adoption.steps.length === 0) return found;
    await ensureLedger(session, schema);
    const scope = { schema, history, run: target.runId };
    const run = { service, applicationName: target.applicationName, plinthVersion: VERSION };
    await recordHistory(session, scope, run, planner.getHistoryRecord());
    await recordAdoption(session, scope, found.adoption);
    await endRun(session, scope, 'adopted');
    return found;
  });
}
