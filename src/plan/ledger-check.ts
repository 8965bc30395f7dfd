import type { History } from '../model/history.js';
import type { HistoryChange, Ledger, LedgerStatement } from '../model/ledger.js';
import { renderRecordedSql } from '../model/recorded.js';
import { getByMigration, type PlannableStatement } from './plannable.js';
import { fitRepeatable } from './repeatables.js';

/** How the folder and the ledger fit. */
export interface LedgerFit {
  /** Ordinals of the folder's statements that the ledger has. */
  readonly applied: ReadonlySet<number>;
  /** Of those: what was there without having run. */
  readonly adopted: ReadonlySet<number>;
  /** Ordinals whose statement runs outside of a transaction and was not seen to end. */
  readonly started: ReadonlySet<number>;
  /** Statements that changed after they were applied. */
  readonly changes: readonly HistoryChange[];
  /** Names of migrations with applied statements that are no longer in the folder. */
  readonly deleted: readonly string[];
  /** Ordinals of migrations that were inserted below the newest one that has applied statements. */
  readonly inserted: ReadonlySet<number>;
  /** The name of that newest migration. */
  readonly newest: string | null;
  /** Ordinals of repeatable migrations' statements that ran when their file read otherwise. */
  readonly again: ReadonlySet<number>;
  /** Ordinals of statements, not applied as they are, of repeatable migrations that ran: what they make may be there. */
  readonly perhaps: ReadonlySet<number>;
  /** By the ordinal of a repeatable migration that changed: the places of its rows. */
  readonly outdated: ReadonlyMap<number, readonly number[]>;
}

/** Holds the ledger's statements against the folder's, digest by digest. */
export function getLedgerFit(
  history: History,
  statements: readonly PlannableStatement[],
  ledger: Ledger,
): LedgerFit {
  const byMigration = new Map<string, LedgerStatement[]>();
  for (const row of ledger.statements) {
    const rows = byMigration.get(row.migration);
    if (rows === undefined) byMigration.set(row.migration, [row]);
    else rows.push(row);
  }
  const own = getByMigration(statements);
  const applied = new Set<number>();
  const adopted = new Set<number>();
  const started = new Set<number>();
  const changes: HistoryChange[] = [];
  const again = new Set<number>();
  const perhaps = new Set<number>();
  const outdated = new Map<number, readonly number[]>();
  let newest = -1;
  const addMatched = (matched: MigrationFit['matched']): void => {
    for (const { statement, row } of matched) {
      (row.state === 'started' ? started : applied).add(statement.ordinal);
      if (row.state === 'adopted') adopted.add(statement.ordinal);
    }
  };
  for (const migration of history.migrations) {
    const rows = byMigration.get(migration.id) ?? [];
    byMigration.delete(migration.id);
    const mine = own.get(migration.ordinal) ?? [];
    // Repeatable migrations come last, whenever they ran: nothing is below them.
    if (migration.contentDigest !== undefined) {
      const fit = fitRepeatable(rows, mine);
      addMatched(fit.matched);
      for (const { ordinal } of fit.again) again.add(ordinal);
      if (fit.outdated.length > 0) outdated.set(migration.ordinal, fit.outdated);
      if (rows.length > 0) for (const { ordinal } of mine) if (!applied.has(ordinal)) perhaps.add(ordinal);
      continue;
    }
    if (rows.length > 0) newest = migration.ordinal;
    const fit = fitMigration(rows, mine);
    addMatched(fit.matched);
    for (const { row, statement } of fit.changed) {
      const now =
        statement === undefined
          ? null
          : { sql: renderRecordedSql(statement), file: statement.file, line: statement.line };
      changes.push({ migration: migration.id, migrationName: migration.name, index: row.index, now });
      if (statement !== undefined) applied.add(statement.ordinal);
    }
  }
  const known = new Set(ledger.migrations.map(({ id }) => id));
  const inserted = history.migrations.filter(({ id, ordinal }) => ordinal < newest && !known.has(id));
  const names = new Map(ledger.migrations.map(({ id, name }) => [id, name]));
  return {
    applied,
    adopted,
    started,
    changes,
    deleted: [...byMigration.keys()].map((id) => names.get(id) ?? id),
    inserted: new Set(inserted.map(({ ordinal }) => ordinal)),
    newest: newest < 0 ? null : history.migrations[newest]!.name,
    again,
    perhaps,
    outdated,
  };
}

interface MigrationFit {
  readonly matched: readonly { readonly row: LedgerStatement; readonly statement: PlannableStatement }[];
  readonly changed: readonly {
    readonly row: LedgerStatement;
    readonly statement: PlannableStatement | undefined;
  }[];
}

/** Rows and statements in order: equal digests match, so that a statement put in between shifts nothing. */
function fitMigration(rows: readonly LedgerStatement[], own: readonly PlannableStatement[]): MigrationFit {
  const matched: { row: LedgerStatement; statement: PlannableStatement }[] = [];
  const changed: { row: LedgerStatement; statement: PlannableStatement | undefined }[] = [];
  const sorted = [...rows].sort((a, b) => a.index - b.index);
  if (sorted.every((row) => own[row.index]?.digest === row.digest)) {
    return { matched: sorted.map((row) => ({ row, statement: own[row.index]! })), changed };
  }
  const taken = new Set<number>();
  let from = 0;
  for (const row of sorted) {
    const statement = own.find((s) => s.index >= from && s.digest === row.digest && !taken.has(s.index));
    if (statement === undefined) {
      changed.push({ row, statement: undefined });
      continue;
    }
    taken.add(statement.index);
    from = statement.index + 1;
    matched.push({ row, statement });
  }
  // What lost its match is shown beside what stands in its place now.
  const mended = changed.map(({ row }) => {
    const statement = own[row.index];
    return { row, statement: statement !== undefined && !taken.has(statement.index) ? statement : undefined };
  });
  return { matched, changed: mended };
}

/** True where the ledger lacks statements that stand before some that it has: runs before this one chose tables. Repeatable migrations do not count. */
export function hasGaps(
  { migrations }: Pick<History, 'migrations'>,
  statements: readonly PlannableStatement[],
  fit: LedgerFit,
): boolean {
  const ordered = statements.filter((s) => migrations[s.migration]!.contentDigest === undefined);
  const newest = ordered.findLast((s) => fit.applied.has(s.ordinal))?.ordinal ?? -1;
  return ordered.some(
    (s) => s.ordinal < newest && !s.session && !fit.applied.has(s.ordinal) && !fit.inserted.has(s.migration),
  );
}
