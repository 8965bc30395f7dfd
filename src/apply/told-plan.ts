import type { Plan } from '../model/plan.js';
import type { Progress } from './progress.js';

/** Warns of the steps in code that a plan passes. */
export function tellCodeSteps({ codeSteps }: Plan, progress: Progress): void {
  if (codeSteps.length === 0) return;
  const steps = codeSteps.map(({ name, beforeName }) => ({ name, before: beforeName }));
  progress.add({ code: 'CODE_STEPS_NOT_RUN', severity: 'warning', args: { steps } });
}

/** The event that tells what is planned. */
export function createPlanned(plan: Plan) {
  return {
    type: 'planned',
    migrations: plan.migrations.length,
    statements: plan.migrations.reduce((sum, migration) => sum + migration.steps.length, 0),
    already: plan.already,
    leftOut: plan.leftOut.statements,
    tables: plan.tables,
    proof: plan.proof,
  } as const;
}
