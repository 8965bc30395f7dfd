import type { PlannedMigration, Step } from '../model/plan.js';
import { renderPlain } from './concurrent-index.js';
import { getLedgerStatements, getOutdated } from './ledger-rows.js';
import type { MessagePart } from './message.js';
import { getStepKey } from './progress.js';
import { getRightsStatements } from './rights.js';
import { getResetStatements, getTimeoutStatements } from './settings.js';
import type { Turn } from './turn.js';
import { getNextUnit } from './units.js';

/** What one transaction holds. */
export interface Transaction {
  readonly migration: PlannedMigration;
  readonly steps: readonly Step[];
  /** Idle steps whose rows are written along. */
  readonly elided: readonly Step[];
  /** Keys of the index steps that run without CONCURRENTLY. */
  readonly plain: ReadonlySet<string>;
  /** The migration ends here: the session is put back. */
  readonly last: boolean;
}

export const COMMIT = 'commit';

const own = (sql: string): MessagePart => ({ sql, step: null });

/** The statements of a transaction, in the order in which they are sent. */
export function getParts(turn: Turn, transaction: Transaction): readonly MessagePart[] {
  const { migration, steps, elided, plain, last } = transaction;
  const { skipped, settings, scope, stop } = turn;
  const sent = steps.filter((step) => !skipped.has(getStepKey(step)));
  return [
    ...getTimeoutStatements(settings, stop.getRemainingMs()).map(own),
    own('begin'),
    ...sent.flatMap((step) => {
      const { before, after } = getRightsStatements(step);
      const sql = plain.has(getStepKey(step)) ? renderPlain(step) : step.sql;
      return [...before.map(own), { sql, step }, ...after.map(own)];
    }),
    ...getLedgerStatements(
      scope,
      steps.map((step) => [step, skipped.has(getStepKey(step)) ? 'skipped' : 'applied'] as const),
      elided,
      getOutdated(migration, last),
      last ? turn.tool.at.get(migration.ordinal) : [],
    ).map(own),
    own(COMMIT),
    ...(last ? getResetStatements(settings).map(own) : []),
    ...(getFollowing(turn, transaction) === null ? [] : [own(`prepare ${getMark(migration)} as select`)]),
  ];
}

/**
 * The transaction whose message may be on its way while the server is busy with this one: the next migration, where it
 * is one. Not behind a COPY, which would take the message for its rows.
 */
export function getFollowing(
  { migrations }: Turn,
  { migration, steps, last }: Transaction,
): Transaction | null {
  const next = last ? migrations[migrations.indexOf(migration) + 1] : undefined;
  if (next === undefined || steps.some(({ kind, rows }) => kind === 'CopyStmt' || rows !== undefined))
    return null;
  if (next.steps.some(({ outside, concurrently }) => outside || concurrently !== undefined)) return null;
  const unit = next.steps.length === 0 ? null : getNextUnit(next.steps, next.transaction, () => false);
  if (unit?.type === 'transaction' && unit.steps.length < next.steps.length) return null;
  return { migration: next, steps: next.steps, elided: next.elided, plain: new Set(), last: true };
}

/**
 * What a message that was sent ahead begins with. The one before leaves the mark behind its commit: where it failed,
 * even at its commit, this fails and nothing of the message runs. Neither PREPARE nor DEALLOCATE take a snapshot.
 */
export const getGuard = ({ migration }: Transaction): MessagePart => own(`deallocate ${getMark(migration)}`);

const getMark = ({ ordinal }: PlannedMigration): string => `plinth_ran_${ordinal}`;
