import type { LedgerStatement } from '../model/ledger.js';
import { getTokensDigest, isSameContent } from './ledger-digest.js';
import type { PlannableStatement } from './plannable.js';

/** How the ledger's rows of a repeatable migration fit its statements. */
export interface RepeatableFit {
  readonly matched: readonly { readonly row: LedgerStatement; readonly statement: PlannableStatement }[];
  /** Statements that ran, as they are or in other words, when the file read otherwise. */
  readonly again: readonly PlannableStatement[];
  /** The places of the rows that the file as it was left behind. */
  readonly outdated: readonly number[];
}

/** A changed repeatable migration is no changed history: what ran of it runs again. */
export function fitRepeatable(
  rows: readonly LedgerStatement[],
  own: readonly PlannableStatement[],
): RepeatableFit {
  const matched: { row: LedgerStatement; statement: PlannableStatement }[] = [];
  const outdated: LedgerStatement[] = [];
  for (const row of rows) {
    const statement = own[row.index];
    if (statement !== undefined && isSameContent(statement.digest, row.digest))
      matched.push({ row, statement });
    else outdated.push(row);
  }
  const again = new Set<PlannableStatement>();
  const changed: LedgerStatement[] = [];
  for (const row of outdated) {
    const same = own.find((s) => !again.has(s) && getTokensDigest(s.digest) === getTokensDigest(row.digest));
    if (same === undefined) changed.push(row);
    else again.add(same);
  }
  // What reads otherwise is taken for what stands in its place now.
  for (const { index } of changed) if (own[index] !== undefined) again.add(own[index]);
  return { matched, again: [...again], outdated: outdated.map(({ index }) => index) };
}

/**
 * With what runs again, what the file drops before it makes it anew: on an empty database that did nothing, now
 * nothing works without it.
 */
export function withDrops(
  again: ReadonlySet<number>,
  statements: readonly PlannableStatement[],
): ReadonlySet<number> {
  const written = new Map<number, Set<number>>();
  for (const { ordinal, migration, effect } of statements) {
    if (!again.has(ordinal) || effect === null) continue;
    const objects = written.get(migration) ?? new Set();
    for (const object of effect.writes) objects.add(object);
    written.set(migration, objects);
  }
  const drops = statements.filter(
    ({ kind, migration, effect }) =>
      kind === 'DropStmt' && effect?.writes.some((object) => written.get(migration)?.has(object)),
  );
  return new Set([...again, ...drops.map(({ ordinal }) => ordinal)]);
}
