import type { History } from '../model/history.js';
import type { Ledger, LedgerStatement } from '../model/ledger.js';
import type { ToolRecord } from '../model/tool-ledger.js';
import { getLedgerFit } from './ledger-check.js';
import { getTokensDigest } from './ledger-digest.js';
import { getByMigration, type PlannableStatement } from './plannable.js';

/** What another tool applied, as far as Plinth's ledger lacks it. */
export interface TakenOver {
  /** Plinth's ledger with it. */
  readonly ledger: Ledger;
  /** Statements that the tool applied and the ledger lacks. */
  readonly statements: readonly PlannableStatement[];
  /** Ordinals of the migrations of which one of the two has something. */
  readonly there: ReadonlySet<number>;
  /** Ordinals of the migrations that the ledger, with it, has as a whole. */
  readonly whole: ReadonlySet<number>;
  /** Ordinals of repeatable migrations that will run again: what they make is not yet as it will be. */
  readonly outdated: ReadonlySet<number>;
}

/** Adds to a ledger what another tool's table has. */
export function getTakenOver(
  history: History,
  all: readonly PlannableStatement[],
  own: Ledger,
  record: ToolRecord,
): TakenOver {
  const statements = all.filter(({ session }) => !session);
  const fit = getLedgerFit(history, all, own);
  const rows = new Map(own.statements.map((row) => [getKey(row.migration, row.index), row]));
  const getRow = ({ migration, index }: PlannableStatement): LedgerStatement | undefined =>
    rows.get(getKey(history.migrations[migration]!.id, index));
  // A row in its place is that of another statement, which an edited file moved; or it was cut off.
  const taken = statements.filter(
    (s) =>
      record.applied.has(s.migration) &&
      !fit.applied.has(s.ordinal) &&
      (getRow(s)?.state ?? 'started') === 'started',
  );
  const replaced = new Set(taken.map(getRow));
  const owned = new Set(own.statements.map(({ migration }) => migration));
  const outdated = history.migrations.filter(
    ({ id, ordinal }) => record.outdated.has(ordinal) && !owned.has(id),
  );
  const isThere = new Set([...fit.applied, ...taken.map(({ ordinal }) => ordinal)]);
  const byMigration = getByMigration(statements);
  const whole = history.migrations.filter(({ ordinal }) =>
    (byMigration.get(ordinal) ?? []).every((s) => isThere.has(s.ordinal)),
  );
  const there = statements.filter(({ ordinal }) => isThere.has(ordinal)).map(({ migration }) => migration);
  const known = new Set(own.migrations.map(({ id }) => id));
  const added = history.migrations.filter(
    ({ id, ordinal }) => !known.has(id) && (record.applied.has(ordinal) || record.outdated.has(ordinal)),
  );
  return {
    ledger: {
      ...own,
      migrations: [
        ...own.migrations,
        ...added.map(({ id, name, ordinal }) => ({
          id,
          name,
          digests: (byMigration.get(ordinal) ?? []).map(({ digest }) => digest),
        })),
      ],
      statements: [
        ...own.statements.filter((row) => !replaced.has(row)),
        ...taken.map((s) => createRow(history, s, s.digest)),
        // As if it had run with another content: it runs again as a whole.
        ...outdated.flatMap(({ ordinal }) =>
          (byMigration.get(ordinal) ?? []).map((s) =>
            createRow(history, s, `${getTokensDigest(s.digest)}.before`),
          ),
        ),
      ],
    },
    statements: taken,
    there: new Set([...there, ...record.applied, ...record.outdated]),
    whole: new Set(whole.map(({ ordinal }) => ordinal)),
    outdated: new Set([...outdated.map(({ ordinal }) => ordinal), ...fit.outdated.keys()]),
  };
}

const getKey = (migration: string, index: number): string => `${index} ${migration}`;

function createRow(
  history: History,
  { migration, index }: PlannableStatement,
  digest: string,
): LedgerStatement {
  return { migration: history.migrations[migration]!.id, index, digest, state: 'adopted' };
}
