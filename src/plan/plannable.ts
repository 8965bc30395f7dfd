import type { History, Migration } from '../model/history.js';
import type { Effect, Observation } from '../model/observation.js';
import type { Concurrently, Step } from '../model/plan.js';
import type { Reason } from '../model/slice.js';
import { getLedgerDigest } from './ledger-digest.js';

/** A statement of a history as far as planning needs it, from a parser or from a kept observation. */
export interface PlannableStatement {
  readonly ordinal: number;
  readonly migration: number;
  readonly index: number;
  readonly kind: string;
  readonly file?: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly digest: string;
  readonly sql: string;
  readonly rows?: string | undefined;
  readonly block?: number | undefined;
  readonly outside: boolean;
  readonly session: boolean;
  readonly roles: readonly string[];
  readonly concurrently: Concurrently | null;
  /** Null where the history was not observed. */
  readonly effect: Effect | null;
}

/** The statements of a history by its observation; `getText` cuts a span out of a migration's file. */
export function getObservedStatements(
  history: History,
  observation: Observation,
  getText: (migration: Migration, span: { readonly start: number; readonly end: number }) => string,
): readonly PlannableStatement[] {
  let migration = -1;
  let index = 0;
  return observation.statements.map((statement, ordinal) => {
    index = statement.migration === migration ? index + 1 : 0;
    migration = statement.migration;
    const { kind, file, line, column, block, digest, effect, rows } = statement;
    const own = history.migrations[migration]!;
    const sql = getText(own, statement);
    return {
      ordinal,
      migration,
      index,
      kind,
      file,
      line,
      column,
      digest: getLedgerDigest(digest, own),
      sql,
      rows: rows === undefined ? undefined : own.text.slice(...rows),
      block,
      effect,
      outside: effect.outside === true,
      session: effect.session === true,
      roles: effect.roles ?? [],
      concurrently: effect.concurrently ?? null,
    };
  });
}

export function createStep(statement: PlannableStatement, migration: Migration, reason: Reason): Step {
  const { ordinal, index, file, line, column, kind, sql, rows, block, digest } = statement;
  const { outside, session, roles, concurrently } = statement;
  return {
    ordinal,
    index,
    file,
    line,
    column,
    kind,
    sql,
    rows,
    block,
    digest,
    outside,
    session,
    roles,
    reason,
    migration: migration.ordinal,
    migrationId: migration.id,
    migrationName: migration.name,
    ...(concurrently === null ? {} : { concurrently }),
  };
}

/** Statements by the ordinal of their migration. */
export function getByMigration<S extends { readonly migration: number }>(
  statements: readonly S[],
): ReadonlyMap<number, readonly S[]> {
  const groups = new Map<number, S[]>();
  for (const statement of statements) {
    const group = groups.get(statement.migration);
    if (group === undefined) groups.set(statement.migration, [statement]);
    else group.push(statement);
  }
  return groups;
}
