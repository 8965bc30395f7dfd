import { type ErrorArgs, isPlinthError, PlinthError } from '../errors.js';
import type { RunResult } from '../model/result.js';
import { readExistingRelations, readTableNames } from '../postgres/catalogue.js';
import { getPause, waitFor } from '../postgres/delay.js';
import { explainRefusal } from '../postgres/denied.js';
import { ensureWritable, readFacts, type ServerFacts } from '../postgres/facts.js';
import { endRun, ensureLedger, readLedger, recordHistory, recordSelection } from '../postgres/ledger.js';
import { withLock } from '../postgres/lock.js';
import { isSessionLost } from '../postgres/lost.js';
import { ensureNotPooled } from '../postgres/pooler.js';
import { RELAX_COMMITS } from '../postgres/queries.js';
import type { RecordScope, StatementRow } from '../postgres/record-queries.js';
import type { Session } from '../postgres/session.js';
import { ADMIN_SHUTDOWN, getSqlState } from '../postgres/sqlstate.js';
import { type AdoptingPlan, getAdoptingPlan, recordAdoption } from './adopt.js';
import { runAfterwards } from './afterwards.js';
import type { ApplyContext } from './context.js';
import { createProgress, getStepKey, type Progress } from './progress.js';
import { ensureRoles } from './roles.js';
import { runMigration } from './run-migration.js';
import { runPrelude } from './run-prelude.js';
import { getSearchPathStatements } from './settings.js';
import { createStop, type Stop } from './stop.js';
import { ensureAbsent, ensureStillThere } from './tables.js';
import { createPlanned, tellCodeSteps } from './told-plan.js';
import { ensureToolTable, getToolSql, recordTaken } from './tool-ledger.js';
import type { Turn } from './turn.js';
import { withVerification } from './verification.js';

// A statement that ends the server's process each time would go on for ever.
const LOSSES_WITHOUT_PROGRESS = 3;

/**
 * Applies a plan under the lock, one transaction for each migration, and writes the ledger in the same transactions. A
 * lost session is opened again, the lock taken again, and the plan made anew, while the budget allows. What it throws
 * carries `result`, which accounts for every step.
 */
export async function applyPlan(context: ApplyContext): Promise<RunResult> {
  const progress = createProgress(context.runId, context.onEvent);
  const stop = createStop(context.timeoutMs, context.signal);
  const state: RunState = {
    context,
    progress,
    stop,
    planned: false,
    begun: 0,
    checked: false,
    created: [],
    ended: null,
    server: null,
    before: null,
  };
  let losses = 0;
  let tries = 0;
  let before = -1;
  let begun = 0;
  let reason: string | null = null;
  try {
    for (let attempt = 1; ; attempt += 1) {
      stop.throwIfStopped('connecting');
      const session = await openSession(state, reason);
      const unwatch = stop.watch(session);
      try {
        return await applyWith(state, session);
      } catch (error) {
        if (!(await isSessionLost(error, session))) throw error;
        stop.throwIfStopped('applying');
        const applied = countApplied(progress);
        const isOnward = applied > before;
        tries = isOnward ? 1 : tries + 1;
        // Where no migration had begun, none can be what ends the sessions.
        losses = (isOnward ? 0 : losses) + (state.begun > begun ? 1 : 0);
        before = applied;
        begun = state.begun;
        reason = (error as Error).message;
        state.ended = getSqlState(error) === ADMIN_SHUTDOWN ? reason : null;
        if (losses >= LOSSES_WITHOUT_PROGRESS) {
          throw new PlinthError('CONNECTION_LOST', { target: context.target, reason }, { cause: error });
        }
        context.onEvent?.({ type: 'reconnecting', cause: reason, attempt });
        await waitFor(Math.min(getPause(tries, 100, 1_000), stop.getRemainingMs()), context.signal);
      } finally {
        unwatch();
        await session.close();
      }
    }
  } catch (error) {
    if (isPlinthError(error)) {
      const outcome = error.code === 'ABORTED' || error.code === 'TIMEOUT' ? 'aborted' : 'failed';
      error.result ??= progress.getResult(outcome, state.created);
    }
    throw error;
  } finally {
    stop.dispose();
  }
}

interface RunState {
  readonly context: ApplyContext;
  readonly progress: Progress;
  readonly stop: Stop;
  planned: boolean;
  /** How many migrations were begun, again or for the first time. */
  begun: number;
  /** No table that the run is to make was there. */
  checked: boolean;
  created: readonly string[];
  /** What the server said when it ended the session by its own will; null where it did not. */
  ended: string | null;
  /** Which server it was: when it was started. */
  server: string | null;
  /** The tables that were there when the run began; null where it makes those that it names. */
  before: readonly string[] | null;
}

/** A session; where one was lost for `lost`, what keeps us from another one is the end of that story. */
async function openSession({ context, stop }: RunState, lost: string | null): Promise<Session> {
  const { target, signal } = context;
  try {
    return await context.connect({ timeoutMs: stop.getRemainingMs(), signal });
  } catch (error) {
    const isEnd = isPlinthError(error) && error.code === 'POSTGRES_NOT_READY';
    if (lost === null || !isEnd) throw error;
    const { reason } = error.args as ErrorArgs['POSTGRES_NOT_READY'];
    throw new PlinthError('CONNECTION_LOST', { target, reason: `${lost}; then ${reason}` }, { cause: error });
  }
}

/**
 * A server that goes down ends all of its sessions; where it is the same one still, somebody ended just ours. Going on
 * would take the lock again from whoever wanted it.
 */
async function ensureNotEnded(state: RunState, session: Session, { started }: ServerFacts): Promise<void> {
  const { context, ended, server } = state;
  state.server = started;
  if (ended === null || server !== started) return;
  await endRun(session, getScope(context), 'failed').catch(() => {});
  throw new PlinthError('ENDED_BY_ADMINISTRATOR', { target: context.target, reason: ended });
}

async function applyWith(state: RunState, session: Session): Promise<RunResult> {
  const { context, stop } = state;
  // Before the lock, because a lock that is taken through a pooler may stay behind in it.
  const facts = await readFacts(session);
  await ensureNotEnded(state, session, facts);
  await ensureWritable(session, facts, context.target);
  await ensureNotPooled(session, facts, {
    target: context.target,
    connect: () => context.connect({ timeoutMs: stop.getRemainingMs(), signal: context.signal }),
  });
  const lock = {
    schema: context.ledgerSchema,
    timeoutMs: stop.getRemainingMs(),
    signal: context.signal,
    onEvent: context.onEvent,
  };
  const result = await withLock(session, lock, (locked) => applyLocked(state, session, locked));
  return await withVerification(state, session, result);
}

const getScope = (context: ApplyContext): RecordScope => ({
  schema: context.ledgerSchema,
  history: context.historyName,
  run: context.runId,
});

async function applyLocked(state: RunState, session: Session, facts: ServerFacts): Promise<RunResult> {
  const { context, progress } = state;
  const scope = getScope(context);
  // Another value than the default's is the owner's own choice.
  const isRelaxed = facts.synchronousCommit === 'on';
  if (isRelaxed) await session.execute(RELAX_COMMITS);
  const own = await readLedger(session, context.ledgerSchema, context.historyName);
  const tool = (await context.reconcile?.(session, own)) ?? null;
  const ledger = tool?.ledger ?? own;
  const { plan, adoption } = await getAdoptingPlan(
    { ...context, migrations: context.record.history.migrations },
    session,
    ledger,
  );
  progress.begin(plan);
  if (!state.planned) {
    context.onEvent?.(createPlanned(plan));
    tellCodeSteps(plan, progress);
    for (const finding of tool?.findings ?? []) progress.add(finding);
  }
  state.planned = true;
  if (!ledger.exists) {
    const what = `make the ledger in schema ${context.ledgerSchema}`;
    await ensureLedger(session, context.ledgerSchema).catch(async (error: unknown) => {
      throw await explainRefusal(session, error, { target: context.target, what });
    });
  }
  const writer = tool?.writer ?? null;
  await ensureToolTable(session, context.target, writer);
  const started = ledger.statements.filter((row) => row.state === 'started');
  const turn: Turn = {
    ...state,
    session,
    scope,
    tool: getToolSql(writer, plan),
    settings: {
      searchPath: context.searchPath,
      lockTimeoutMs: context.lockTimeoutMs,
      isRelaxed,
      isChecking: facts.isChecking,
    },
    skipped: new Set(),
    migrations: plan.migrations,
    ahead: null,
    started: new Set(started.map((row) => getStepKey({ migrationId: row.migration, index: row.index }))),
  };
  // A whole history is not watched: which tables it makes shows when it has run.
  const before = plan.tables.length > 0 ? null : (state.before ?? (await readTables(state, session)));
  state.before = before;
  try {
    await runPlan(state, turn, { plan, adoption }, tool?.rows ?? []);
    if (context.afterwards !== undefined) await runAfterwards(session, context.afterwards);
    const outcome = progress.hasSteps ? 'applied' : progress.hasAdopted ? 'adopted' : 'nothing-to-do';
    state.created = progress.hasSteps ? await readCreated(state, session, before) : [];
    const tables = before === null ? context.record.selection.tables : state.created;
    const selection = { ...context.record.selection, tables, service: context.service };
    await recordSelection(session, scope, selection, outcome);
    return progress.getResult(outcome, state.created);
  } catch (error) {
    const what = `write the ledger in schema ${context.ledgerSchema}`;
    const told = await explainRefusal(session, error, { target: context.target, what });
    if (isPlinthError(told)) await noteFailure(state, turn, before, told).catch(() => {});
    throw told;
  }
}

async function runPlan(
  state: RunState,
  turn: Turn,
  { plan, adoption }: AdoptingPlan,
  taken: readonly StatementRow[],
): Promise<void> {
  const { context, session, scope, progress, stop } = turn;
  await ensureAbsent(session, plan);
  await ensureStillThere(session, plan);
  state.checked = true;
  for (const key of await ensureRoles(session, context, plan, progress)) turn.skipped.add(key);
  const run = {
    service: context.service,
    applicationName: context.applicationName,
    plinthVersion: context.plinthVersion,
  };
  await recordHistory(session, scope, run, context.record.history);
  await recordTaken(session, scope, taken, turn.tool.before);
  if (adoption !== null) {
    await recordAdoption(session, scope, adoption);
    progress.adopt(adoption);
  }
  if (plan.migrations.length === 0) return;
  for (const statement of getSearchPathStatements(turn.settings)) await session.execute(statement);
  await runPrelude(turn);
  for (const migration of plan.migrations) {
    // What the server has in hand is waited for, or cancelled.
    if (turn.ahead === null) stop.throwIfStopped(`running ${migration.name}`);
    state.begun += 1;
    await runMigration(turn, migration);
  }
  await recordTaken(session, scope, [], turn.tool.after);
}

const readTables = ({ context }: RunState, session: Session): Promise<readonly string[]> =>
  readTableNames(session, context.ledgerSchema);

async function readCreated(
  state: RunState,
  session: Session,
  before: readonly string[] | null,
): Promise<readonly string[]> {
  if (before === null) return state.progress.creates;
  const now = await readTables(state, session);
  return now.filter((table) => !before.includes(table));
}

// While the lock is still held: what exists now, this run made.
async function noteFailure(
  state: RunState,
  turn: Turn,
  before: readonly string[] | null,
  error: PlinthError,
): Promise<void> {
  if (state.checked) {
    const made = await readCreated(state, turn.session, before);
    state.created = await readExistingRelations(turn.session, made);
  }
  const outcome = error.code === 'ABORTED' || error.code === 'TIMEOUT' ? 'aborted' : 'failed';
  await endRun(turn.session, turn.scope, outcome);
}

function countApplied(progress: Progress): number {
  return progress.getResult('failed', []).steps.filter((step) => step.status === 'applied').length;
}
