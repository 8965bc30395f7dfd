import { getAdoptingPlan } from '../apply/adopt.js';
import type { ApplyContext } from '../apply/context.js';
import { parseExtension } from '../apply/failure.js';
import { checkRoles } from '../apply/roles.js';
import { ensureAbsent, ensureStillThere } from '../apply/tables.js';
import { isPlinthError, PlinthError } from '../errors.js';
import type { DryRun as DryRunOf } from '../model/dry-run.js';
import type { Finding } from '../model/finding.js';
import { renderPlace } from '../model/place.js';
import type { Plan } from '../model/plan.js';
import type { ResolvedApplyOptions } from '../options.js';
import { readMissingExtensions, readNamedRelations } from '../postgres/catalogue.js';
import { ensureWritable, readFacts, type ServerFacts } from '../postgres/facts.js';
import { ensureMayWrite, isSatisfied, readLedger } from '../postgres/ledger.js';
import { readLockStatus } from '../postgres/lock-status.js';
import { ensureNotPooled } from '../postgres/pooler.js';
import { withReadOnly } from '../postgres/read-only.js';
import type { Session } from '../postgres/session.js';
import { createAdopt } from './adopting.js';
import { createPlanner, type Planner, readOldSql } from './planning.js';
import { preparePrelude } from './prelude.js';
import { prepare } from './prepare.js';
import type { Context, Prepared } from './prepared.js';
import { withTarget } from './reading.js';
import { getSelectionDigest, getSelectionKey } from './selection.js';
import { createTarget } from './target.js';
import { loadToolReader } from './tool-reader.js';
import { getNamedTable, watchForTables } from './whole-tables.js';

export type DryRun = DryRunOf<PlinthError>;

const LOOKING = 'looking at the database';

/** Goes through what a run would do without doing it; what it throws on purpose on the way is gathered. */
export async function rehearse(resolved: ResolvedApplyOptions, context: Context): Promise<DryRun> {
  const prepared = await prepare(resolved, context);
  const target = await createTarget(resolved, resolved.service, context);
  const read = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    withTarget(target, { ...context, timeoutMs: resolved.timeout }, LOOKING, (session) =>
      withReadOnly(session, () => work(session)),
    );
  const problems: PlinthError[] = [];
  const findings: Finding[] = [];
  const found = { target: target.label, problems, findings };

  if ((await keep(problems, () => read((session) => isAllThere(session, prepared, resolved)))) === true) {
    return { ...found, outcome: 'nothing-to-do', plan: null, lock: null, adopted: [] };
  }
  const refused = await withTarget(target, { ...context, timeoutMs: resolved.timeout }, LOOKING, (session) =>
    readRefusals(session, target.label, () =>
      target.open({ timeoutMs: resolved.timeout, signal: context.signal }),
    ),
  );
  problems.push(...refused);
  const ledger = await keep(problems, () =>
    read((session) => readLedger(session, resolved.ledger, resolved.history)),
  );
  const prelude = resolved.withPrelude ? await preparePrelude(prepared) : undefined;
  const planner = await createPlanner(prepared, resolved);
  const reader = await loadToolReader(prepared, resolved, planner);
  const within = { ...context, timeoutMs: resolved.timeout };
  const tool =
    ledger === null || reader === null
      ? null
      : await keep(problems, () =>
          reader.reconcile(ledger, (work) => withTarget(target, within, LOOKING, work)),
        );
  findings.push(...(tool?.findings ?? []));
  const known = tool?.ledger ?? ledger;
  // What the other tool applied would be told as what would run.
  const isUnknown = known === null || (reader !== null && tool === null);
  const planned = isUnknown
    ? null
    : await keep(problems, () =>
        withTarget(target, within, LOOKING, async (session) => {
          if (reader === null) await watchForTables(session, planner, known, resolved);
          // It compares in a transaction of its own that only reads.
          return await getAdoptingPlan(getAdopting(prepared, resolved, planner, read), session, known);
        }),
      );
  const plan = planned?.plan ?? null;
  const adoption = planned?.adoption ?? null;
  findings.push(...(adoption?.findings ?? []));
  const lock = await read((session) => readLockStatus(session, resolved.ledger));
  if (plan !== null) {
    await read(async (session) => {
      for (const check of getChecks(session, { ...resolved, prelude }, plan, findings))
        await keep(problems, check);
    });
  }
  const nothing = plan !== null && plan.migrations.length === 0 && adoption === null;
  const outcome = problems.length > 0 ? 'blocked' : nothing ? 'nothing-to-do' : 'would-apply';
  return { ...found, outcome, plan, lock, adopted: adoption?.tables ?? [] };
}

function getAdopting(
  prepared: Prepared,
  options: ResolvedApplyOptions,
  planner: Planner,
  read: <T>(work: (session: Session) => Promise<T>) => Promise<T>,
): Parameters<typeof getAdoptingPlan>[0] {
  return {
    getPlan: (now) =>
      planner.getPlan(now, (change) => read((session) => readOldSql(session, options, change))),
    adopt: createAdopt(prepared, options, planner),
    migrations: planner.getHistoryRecord().migrations,
  };
}

/** Runs one look; what it throws on purpose becomes a problem, and null its outcome. */
async function keep<T>(problems: PlinthError[], look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (!isPlinthError(error) || CANNOT_LOOK.has(error.code)) throw error;
    // The same refusal may meet several looks.
    if (!problems.some((known) => known.message === error.message)) problems.push(error);
    return null;
  }
}

// What says nothing of the run: the look itself did not come about.
const CANNOT_LOOK: ReadonlySet<string> = new Set(['ABORTED', 'TIMEOUT', 'CONNECTION_LOST', 'LEDGER_NEWER']);

async function isAllThere(
  session: Session,
  prepared: Prepared,
  options: ResolvedApplyOptions,
): Promise<boolean> {
  const ask = {
    history: options.history,
    key: getSelectionKey(options),
    digest: getSelectionDigest(prepared, options),
  };
  const found = await isSatisfied(session, options.ledger, ask);
  if (found.missing.length > 0) throw new PlinthError('LEDGER_UNTRUE', { missing: found.missing });
  return found.satisfied;
}

/** What a run would refuse before it takes the lock; the facts are those of the session as a run would have it. */
async function readRefusals(
  session: Session,
  target: string,
  connect: () => Promise<Session>,
): Promise<readonly PlinthError[]> {
  const problems: PlinthError[] = [];
  const facts: ServerFacts = await readFacts(session);
  await keep(problems, () => ensureWritable(session, facts, target));
  await keep(problems, () => ensureNotPooled(session, facts, { target, connect }));
  return problems;
}

function getChecks(
  session: Session,
  options: Pick<ResolvedApplyOptions, 'ledger' | 'missingRoles'> & Pick<ApplyContext, 'prelude'>,
  plan: Plan,
  findings: Finding[],
): readonly (() => Promise<void>)[] {
  const progress = { add: (finding: Finding): void => void findings.push(finding) };
  return [
    () => ensureMayWrite(session, options.ledger),
    () => ensureAbsent(session, plan),
    () => ensureStillThere(session, plan),
    () => checkRoles(session, options, plan, progress),
    () => ensureExtensions(session, plan),
    () => tellTables(session, plan, progress.add),
  ];
}

/** A whole history is not watched: that a table is there shows when it runs, unless its statement names it. */
async function tellTables(session: Session, plan: Plan, add: (finding: Finding) => void): Promise<void> {
  if (plan.tables.length > 0) return;
  const made = plan.migrations
    .flatMap((migration) => migration.steps)
    .flatMap((step) => {
      const made = getNamedTable(step.sql);
      return made === null || made.isConditional ? [] : [{ name: made.name, place: renderPlace(step) }];
    });
  const there = await readNamedRelations(session, [...new Set(made.map(({ name }) => name))]);
  for (const { name, place } of made) {
    if (there.has(name)) add({ code: 'TABLE_THERE', severity: 'warning', args: { table: name, place } });
  }
}

async function ensureExtensions(session: Session, plan: Plan): Promise<void> {
  const steps = plan.migrations
    .flatMap((migration) => migration.steps)
    .filter(({ kind }) => kind === 'CreateExtensionStmt');
  const names = steps.map(({ sql }) => parseExtension(sql));
  const [missing] = await readMissingExtensions(session, names);
  if (missing === undefined) return;
  const place = renderPlace(steps[names.indexOf(missing)]!);
  throw new PlinthError('EXTENSION_MISSING', { extension: missing, place });
}
