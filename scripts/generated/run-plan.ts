import { getRightsStatements } from '../../src/apply/rights.js';
import type { History } from '../../src/model/history.js';
import type { Ledger, LedgerStatement } from '../../src/model/ledger.js';
import type { Observation } from '../../src/model/observation.js';
import type { Plan, Step } from '../../src/model/plan.js';
import { createPlan } from '../../src/plan/plan.js';
import type { PlannableStatement } from '../../src/plan/plannable.js';
import type { Session } from '../../src/postgres/session.js';
import type { Slicer } from '../../src/slice/slice.js';

/** A history that was watched, and may be sliced. */
export interface Watched {
  readonly history: History;
  readonly observation: Observation;
  readonly slicer: Slicer;
  readonly statements: readonly PlannableStatement[];
}

/** What a run for these tables (null: for everything) would do where the ledger is as given. */
export function getPlan(
  { history, observation, slicer, statements }: Watched,
  tables: readonly string[] | null,
  alone: boolean,
  ledger: Ledger,
): Plan {
  const getSlice = (live: readonly number[], again: readonly number[]) =>
    slicer.getSlice({ tables, alone, declared: [], live, again });
  const rules = { allowChanged: false, allowOutOfOrder: false };
  return createPlan({ name: 'main', history, statements, getSlice, observation, ledger, ...rules }).plan;
}

/** Runs a plan as a run does, without lock and ledger, and gives the ledger that the run would leave. */
export async function runPlan(
  session: Session,
  { history }: Pick<Watched, 'history'>,
  plan: Plan,
  before: Ledger,
  settings = '',
): Promise<Ledger> {
  const added: LedgerStatement[] = [];
  for (const { steps, elided } of plan.migrations) {
    await session.execute(`reset session authorization; reset all; discard temp; ${settings}`);
    for (const step of steps) await runStep(session, step);
    const record =
      (state: LedgerStatement['state']) =>
      ({ migrationId, index, digest, session: isSetting }: Step): void => {
        if (!isSetting) added.push({ migration: migrationId, index, digest, state });
      };
    steps.forEach(record('applied'));
    elided.forEach(record('elided'));
  }
  await session.execute('reset session authorization; reset all');
  const known = new Set(added.map(({ migration, index }) => `${migration} ${index}`));
  const kept = before.statements.filter(({ migration, index }) => !known.has(`${migration} ${index}`));
  return {
    exists: true,
    migrations: history.migrations.map(({ id, name }) => ({ id, name, digests: [] })),
    statements: [...kept, ...added],
  };
}

async function runStep(session: Session, step: Step): Promise<void> {
  const { before, after } = getRightsStatements(step);
  try {
    for (const sql of before) await session.execute(sql);
    await session.execute(step.sql, step.rows === undefined ? [] : [step.rows]);
    for (const sql of after) await session.execute(sql);
  } catch (error) {
    throw new Error(`${(error as Error).message}, at ${step.sql}`);
  }
}
