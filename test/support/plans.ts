import { createHash } from 'node:crypto';
import type { ApplyContext } from '../../src/apply/context.js';
import type { RunEvent } from '../../src/model/event.js';
import type { History } from '../../src/model/history.js';
import type { Ledger } from '../../src/model/ledger.js';
import type { Plan, PlannedMigration, Step } from '../../src/model/plan.js';
import type { ConnectionConfig } from '../../src/postgres/config.js';
import { connect } from '../../src/postgres/connect.js';
import { createFileHistory, findFailurePlaces } from '../../src/run/failure-places.js';

export type StepInput = string | (Partial<Step> & { readonly sql: string });

/** A migration by hand: its file holds one statement after the other, each on lines of its own. */
export interface MigrationInput {
  readonly name: string;
  readonly steps: readonly StepInput[];
  readonly elided?: readonly StepInput[];
  readonly transaction?: 'each' | 'none';
}

export function createSteps(migrations: readonly MigrationInput[]): readonly PlannedMigration[] {
  let total = 0;
  return migrations.map((migration, ordinal) => {
    let line = 1;
    let index = 0;
    const create = (input: StepInput): Step => {
      const given = typeof input === 'string' ? { sql: input } : input;
      const step: Step = {
        ordinal: total++,
        migration: ordinal,
        migrationId: migration.name,
        migrationName: migration.name,
        index: index++,
        line,
        column: 1,
        kind: 'CreateStmt',
        digest: createHash('sha256').update(given.sql).digest('hex').slice(0, 16),
        reason: { why: 'all', chain: [] },
        outside: false,
        session: false,
        roles: [],
        ...given,
      };
      line += given.sql.split('\n').length;
      return step;
    };
    return {
      ordinal,
      id: migration.name,
      name: migration.name,
      transaction: migration.transaction ?? 'each',
      steps: migration.steps.map(create),
      elided: (migration.elided ?? []).map(create),
    };
  });
}

/** The text that createSteps took for the migration's file. */
function renderSource(migration: MigrationInput): string {
  return migration.steps.map((step) => `${typeof step === 'string' ? step : step.sql};`).join('\n');
}

function createHistory(migrations: readonly MigrationInput[]): Pick<History, 'migrations'> {
  const files = migrations.map((migration) => createFileHistory(migration.name, renderSource(migration)));
  return { migrations: files.map((file, ordinal) => ({ ...file.migrations[0]!, ordinal })) };
}

/** What the plan room does: everything that the ledger lacks. */
export function createPlan(
  migrations: readonly PlannedMigration[],
  ledger: Ledger,
  creates: readonly string[] = [],
): Plan {
  const has = (step: Step): boolean =>
    ledger.statements.some(
      (row) => row.migration === step.migrationId && row.index === step.index && row.state !== 'started',
    );
  const left = migrations
    .map((migration) => ({
      ...migration,
      steps: migration.steps.filter((step) => !has(step)),
      elided: migration.elided.filter((step) => !has(step)),
    }))
    .filter((migration) => migration.steps.some((step) => !step.session) || migration.elided.length > 0);
  const all = migrations.flatMap((migration) => [...migration.steps, ...migration.elided]);
  return {
    history: {
      name: 'test',
      format: 'plain',
      location: 'migrations',
      digest: 'd',
      migrations: migrations.length,
      statements: all.length,
    },
    tables: [],
    proof: 'none',
    migrations: left,
    already: all.filter(has).length,
    codeSteps: [],
    leftOut: { statements: 0, unneeded: [], idle: [], outside: [] },
    creates: ledger.statements.length === 0 ? creates : [],
    absent: ledger.statements.length === 0 ? creates : [],
    expects: [],
  };
}

let runs = 0;

/** A context for hand-made migrations; collects the events. */
export function createContext(
  config: ConnectionConfig,
  migrations: readonly MigrationInput[],
  given: Partial<ApplyContext> = {},
): { readonly context: ApplyContext; readonly events: RunEvent[] } {
  const events: RunEvent[] = [];
  const planned = createSteps(migrations);
  const runId = `${process.pid}-${(runs++).toString(36)}`;
  const applicationName = `plinth/test/${runId}`;
  const onEvent = (event: RunEvent): void => void events.push(event);
  const context: ApplyContext = {
    connect: ({ timeoutMs, signal }) => connect(config, { applicationName, timeoutMs, signal, onEvent }),
    target: config.label,
    ledgerSchema: 'plinth',
    historyName: 'test',
    service: 'test',
    runId,
    applicationName,
    plinthVersion: '0.0.0',
    getPlan: (ledger) => createPlan(planned, ledger),
    record: {
      history: {
        format: 'plain',
        location: 'migrations',
        digest: 'd',
        migrations: planned.map(({ id, ordinal, name, steps }) => ({
          id,
          ordinal,
          name,
          digests: steps.map((step) => step.digest),
        })),
      },
      selection: { key: 'all', digest: 'd', tables: [] },
    },
    missingRoles: 'fail',
    timeoutMs: 20_000,
    onEvent,
    findPlaces: (step, failure) => findFailurePlaces(createHistory(migrations), step, failure),
    ...given,
  };
  return { context, events };
}
