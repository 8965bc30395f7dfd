import type { LeftOutStatement, Plan } from '../model/plan.js';
import { getKindWords } from './kind-words.js';

/** A plan as the value that `plinth plan --json` prints; `statement` is the place in its migration, from 0; a step in code stands before the migration `before` (null: last) and the step with the number `step`. */
export function renderPlanJson(plan: Plan) {
  const steps = plan.migrations.flatMap(({ steps: own, outdated }) =>
    own.map((step) => ({ ...step, again: outdated !== undefined })),
  );
  return {
    format: 'plinth-plan/1' as const,
    history: {
      name: plan.history.name,
      format: plan.history.format,
      location: plan.history.location,
      digest: plan.history.digest,
      migrations: plan.history.migrations,
      statements: plan.history.statements,
    },
    tables: plan.tables,
    proof: plan.proof,
    steps: steps.map((step) => ({
      migration: step.migrationName,
      statement: step.index,
      file: step.file,
      line: step.line,
      kind: getKindWords(step.kind, step.sql),
      sql: step.sql,
      rows: step.rows,
      why: step.reason.why,
      reason: step.reason.chain,
      outside: step.outside,
      again: step.again,
    })),
    codeSteps: plan.codeSteps.map(({ name, before, beforeName }) => ({
      name,
      before: beforeName,
      step: steps.filter(({ migration }) => migration < before).length,
    })),
    creates: plan.creates,
    already: plan.already,
    leftOut: {
      statements: plan.leftOut.statements,
      unneeded: plan.leftOut.unneeded.map(renderLeftOut),
      idle: plan.leftOut.idle.map(renderLeftOut),
      outside: plan.leftOut.outside.map(renderLeftOut),
    },
  };
}

function renderLeftOut({ migrationName, file, line, kind, sql }: LeftOutStatement) {
  return { migration: migrationName, file, line, kind: getKindWords(kind, sql), sql };
}
