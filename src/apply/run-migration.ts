import type { PlannedMigration, Step } from '../model/plan.js';
import { readPlainSteps } from './concurrent-index.js';
import { createNoticeListener } from './notices.js';
import { getStepKey } from './progress.js';
import { runOutside } from './run-outside.js';
import { runTransaction } from './run-transaction.js';
import type { Turn } from './turn.js';
import { getNextUnit } from './units.js';

/** Runs one migration: one transaction where its rule and its statements allow it, else several and what is between them. */
export async function runMigration(turn: Turn, migration: PlannedMigration): Promise<void> {
  const { context, session } = turn;
  const { name } = migration;
  const start = performance.now();
  context.onEvent?.({ type: 'migration-started', name, statements: migration.steps.length });
  const off = session.onNotice(createNoticeListener(context, name));
  try {
    await runUnits(turn, migration);
  } finally {
    off();
  }
  const elapsedMs = Math.round(performance.now() - start);
  context.onEvent?.({ type: 'migration-applied', name, statements: migration.steps.length, elapsedMs });
}

async function runUnits(turn: Turn, migration: PlannedMigration): Promise<void> {
  const plain = await readPlainSteps(turn.session, migration);
  const outside = new Set(
    migration.steps
      .filter((step) => step.outside || step.concurrently !== undefined)
      .map(getStepKey)
      .filter((key) => !plain.has(key)),
  );
  const isOutside = (step: Step): boolean => outside.has(getStepKey(step));
  let pending = migration.steps;
  let elided = migration.elided;
  do {
    const unit =
      pending.length === 0
        ? ({ type: 'transaction', steps: [] } as const)
        : getNextUnit(pending, migration.transaction, isOutside);
    const length = unit.type === 'outside' ? 1 : unit.steps.length;
    const last = length === pending.length;
    if (unit.type === 'outside') {
      await runOutside(turn, { migration, step: unit.step, elided, last });
    } else {
      const ended = await runTransaction(turn, { migration, steps: unit.steps, elided, plain, last });
      if (!ended.done) {
        if (ended.outside !== null) outside.add(getStepKey(ended.outside));
        continue;
      }
    }
    pending = pending.slice(length);
    elided = [];
  } while (pending.length > 0);
}
