import { MigrationFailedError } from '../errors.js';
import { renderPlace } from '../model/place.js';
import type { PlannedMigration, Step } from '../model/plan.js';
import { getDropIndexSql } from '../postgres/catalogue.js';
import { isServerError, SESSION_ENDED, type ServerError } from '../postgres/sqlstate.js';
import { ensureIndexSlot, isIndexValid, readMadeIndex } from './concurrent-index.js';
import { createMigrationError, getPlaced } from './failure.js';
import { getLedgerStatements, getOutdated } from './ledger-rows.js';
import { getStepKey } from './progress.js';
import { getRightsStatements } from './rights.js';
import { getResetStatements, getTimeoutStatements } from './settings.js';
import type { Turn } from './turn.js';

// What is there already (or gone already), where an earlier run was cut off between doing it and writing it down.
const DONE_BEFORE: ReadonlySet<string> = new Set(['42710', '42P07', '42701', '42723', '42P06', '42704']);

/** A step that runs outside of a transaction. */
export interface OutsideStep {
  readonly migration: PlannedMigration;
  readonly step: Step;
  /** Idle steps whose rows are written along. */
  readonly elided: readonly Step[];
  /** The migration ends here: the session is put back. */
  readonly last: boolean;
}

/** Runs one step outside of any transaction: its row says `started` before, and `applied` after. */
export async function runOutside(turn: Turn, work: OutsideStep): Promise<void> {
  const { session, stop, progress, settings, scope, skipped } = turn;
  const { step, elided, last } = work;
  const phase = `running ${renderPlace(step)}`;
  const skip = skipped.has(getStepKey(step));
  stop.throwIfStopped(phase);
  if (!skip) {
    const started = turn.started.has(getStepKey(step));
    await session.execute(
      [
        ...getTimeoutStatements(settings, stop.getRemainingMs()),
        'begin',
        ...getLedgerStatements(scope, [[step, 'started']], []),
        'commit',
      ].join(';\n'),
    );
    try {
      await stop.guard(session, () => runStep(turn, work, started));
    } catch (error) {
      if (!isServerError(error) || SESSION_ENDED.has(error.code)) throw error;
      if (stop.reason !== null) throw stop.createError(phase, error);
      if (!(started && DONE_BEFORE.has(error.code))) throw await createFailure(turn, work, error);
    }
  }
  await session.execute(
    [
      'begin',
      ...getLedgerStatements(
        scope,
        [[step, skip ? 'skipped' : 'applied']],
        elided,
        getOutdated(work.migration, last),
        last ? turn.tool.at.get(work.migration.ordinal) : [],
      ),
      'commit',
      ...(last ? getResetStatements(settings) : []),
    ].join('\n;\n'),
  );
  progress.mark([step], skip ? 'skipped' : 'applied');
  progress.mark(elided, 'elided');
}

async function runStep(turn: Turn, { migration, step }: OutsideStep, started: boolean): Promise<void> {
  const { session, progress } = turn;
  if (step.concurrently === undefined) {
    const { before, after } = getRightsStatements(step);
    for (const sql of [...before, step.sql, ...after]) await session.execute(sql);
    return;
  }
  const state = await ensureIndexSlot(session, step, started, progress);
  if (state === 'done') return;
  if (state === 'run') {
    await session.execute(step.sql);
    if (await isIndexValid(session, step)) return;
  }
  progress.mark([step], 'failed');
  const found = await turn.context.findPlaces(step, { offset: null });
  throw new MigrationFailedError(
    'MIGRATION_FAILED',
    {
      migration: migration.name,
      reason: `the index ${step.concurrently.index} is there and not valid, or belongs to another table`,
      // https://www.postgresql.org/docs/current/errcodes-appendix.html: object_not_in_prerequisite_state
      sqlstate: '55000',
      detail: null,
      serverHint: null,
      where: null,
      built: null,
      advice: `Something else left it. Drop it, then run again: drop index concurrently ${step.concurrently.index};`,
    },
    getPlaced(found),
  );
}

async function createFailure(turn: Turn, { migration, step }: OutsideStep, error: ServerError) {
  turn.progress.mark([step], 'failed');
  // A concurrent build that failed leaves an invalid index, which would slow writers down (and, if unique, stop them).
  if (step.concurrently !== undefined) {
    const left = await readMadeIndex(turn.session, step).catch(() => null);
    if (left?.valid === false) await turn.session.execute(getDropIndexSql(left.name)).catch(() => {});
  }
  const offset =
    error.position === undefined ? null : [...step.sql].slice(0, Number(error.position) - 1).join('').length;
  return createMigrationError(turn.context, migration, { step, offset }, error);
}
