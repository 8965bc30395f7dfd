import type { History } from '../../src/model/history.js';
import type { Ledger, LedgerState, LedgerStatement } from '../../src/model/ledger.js';
import type { Observation, ObservedObject } from '../../src/model/observation.js';
import type { PlannedMigration } from '../../src/model/plan.js';
import { createPlan, type Planned, type PlanRequest } from '../../src/plan/plan.js';
import { getObservedStatements, type PlannableStatement } from '../../src/plan/plannable.js';
import { createSlicer } from '../../src/slice/slice.js';
import { createHistory } from '../support/histories.js';
import { createObservation, type EffectGiven } from '../support/observations.js';

/** A statement: its digest is its text. */
export type StatementGiven = EffectGiven & { readonly sql: string };

export interface Case {
  readonly history: History;
  readonly observation: Observation;
  readonly statements: readonly PlannableStatement[];
  /** Slices for these tables, or everything, of a database for this request only. */
  getSlice(tables: readonly string[] | null): NonNullable<PlanRequest['getSlice']>;
  getPlan(ledger: Ledger, request?: Partial<PlanRequest> & { readonly tables?: readonly string[] }): Planned;
}

/** File name → statements. */
export function createCase(
  files: Readonly<Record<string, readonly (string | StatementGiven)[]>>,
  objects: readonly (string | ObservedObject)[] = [],
): Case {
  const history = createHistory(Object.fromEntries(Object.keys(files).map((name) => [name, ''])));
  const given = Object.values(files).flatMap((own, migration) =>
    own.map((item) => {
      const { sql, ...effect } = typeof item === 'string' ? { sql: item } : item;
      return { migration, digest: sql, ...effect };
    }),
  );
  const observation = createObservation(objects, given);
  const sql = Object.values(files).flatMap((own) =>
    own.map((item) => (typeof item === 'string' ? item : item.sql)),
  );
  const statements = getObservedStatements(history, observation, (_, { start }) => sql[start / 10]!);
  const slicer = createSlicer(observation);
  const getSlice: Case['getSlice'] = (tables) => (live, again) =>
    slicer.getSlice({ tables, alone: true, declared: [], live, again });
  return {
    getSlice,
    history,
    observation,
    statements,
    getPlan: (ledger, { tables, ...request } = {}) =>
      createPlan({
        name: 'main',
        history,
        statements,
        ledger,
        observation: tables === undefined ? null : observation,
        getSlice: tables === undefined ? null : getSlice(tables),
        allowChanged: false,
        allowOutOfOrder: false,
        ...request,
      }),
  };
}

/** What a ledger holds after some statements of a history were applied: by their text, with another state where one is given. */
export function createLedger(
  { history, statements }: Pick<Case, 'history' | 'statements'>,
  rows: readonly (string | readonly [sql: string, state: LedgerState])[],
): Ledger {
  return {
    exists: true,
    migrations: history.migrations.map(({ ordinal, id, name }) => ({
      id,
      name,
      digests: statements.filter((s) => s.migration === ordinal).map(({ digest }) => digest),
    })),
    statements: rows.map((row): LedgerStatement => {
      const [sql, state] = typeof row === 'string' ? [row, 'applied' as const] : row;
      const { migration, index, digest } = statements.find((s) => s.sql === sql)!;
      return { migration: history.migrations[migration]!.id, index, digest, state };
    }),
  };
}

/** `1.sql: a b (elided: c)` */
export function render(migrations: readonly PlannedMigration[]): string[] {
  return migrations.map(({ name, steps, elided }) => {
    const left = elided.length === 0 ? '' : ` (elided: ${elided.map(({ sql }) => sql).join(' ')})`;
    return `${name}: ${steps.map(({ sql }) => sql).join(' ')}${left}`;
  });
}
