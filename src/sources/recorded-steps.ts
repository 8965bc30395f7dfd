import { createHash } from 'node:crypto';
import type { CodeStep, History, Migration } from '../model/history.js';
import type { RecordedStep } from '../model/proof.js';
import { createDigest } from './digest.js';

/** A step in code as SQL that does the same. */
export function createRecordedStep(name: string, sql: string): RecordedStep {
  const text = sql.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return { name, digest, sql: text };
}

/**
 * The history with recorded SQL in the place of its steps in code: each is a migration of its own. Those without stay what they
 * are; a recorded step that the history does not have is left out.
 */
export function withRecordedSteps(history: History, steps: readonly RecordedStep[]): History {
  const given = new Map(steps.map((step) => [step.name, step]));
  if (!history.codeSteps.some(({ name }) => given.has(name))) return history;
  const migrations: Migration[] = [];
  const codeSteps: CodeStep[] = [];
  for (let at = 0; at <= history.migrations.length; at += 1) {
    for (const { name } of history.codeSteps.filter(({ before }) => before === at)) {
      const step = given.get(name);
      if (step === undefined) codeSteps.push({ name, before: migrations.length });
      else migrations.push(createMigration(step, migrations.length));
    }
    const migration = history.migrations[at];
    if (migration !== undefined) migrations.push({ ...migration, ordinal: migrations.length });
  }
  return { ...history, migrations, codeSteps, digest: createDigest(history.format, migrations) };
}

function createMigration({ name, sql }: RecordedStep, ordinal: number): Migration {
  return {
    ordinal,
    id: `step ${name}`,
    name,
    text: sql,
    regions: [{ start: 0, end: sql.length }],
    substitutions: [],
    transaction: 'each',
    recorded: true,
  };
}
