import type { Difference } from '../model/fact.js';
import { getCodeStepsBefore } from '../model/history.js';
import type { Ledger } from '../model/ledger.js';
import type { ObjectRef } from '../model/observation.js';
import { getLedgerFit } from '../plan/ledger-check.js';
import type { PlannableStatement } from '../plan/plannable.js';
import { readExistingRoles } from '../postgres/catalogue.js';
import type { Session } from '../postgres/session.js';
import { getExpectation } from '../verify/expected.js';
import { getStandings, type Standing } from '../verify/standing.js';
import { verifyDatabase } from '../verify/verify.js';
import type { Watched } from './planning.js';
import { getStatements } from './prepare.js';
import type { Prepared } from './prepared.js';
import { createSkipped, readUnsought } from './sought-roles.js';

/** How what no ledger knows of the wanted objects compares with what the history leaves. */
export interface Comparison {
  readonly statements: readonly PlannableStatement[];
  /** Ordinals that the ledger has. */
  readonly applied: ReadonlySet<number>;
  readonly standings: ReadonlyMap<ObjectRef, Standing>;
  readonly differences: readonly Difference[];
  /** The object of a difference, by its name. */
  readonly refs: ReadonlyMap<string, ObjectRef>;
  /** Ordinals of statements that name roles which the server lacks: what they would give is no difference, and they are still to run. */
  readonly roleless: ReadonlySet<number>;
}

/** Compares in one look at the catalogue; what statements of the ledger made is left out. Nothing is locked or written. */
export async function readComparison(
  session: Session,
  prepared: Prepared,
  { observation, slice }: Watched,
  ledger: Ledger,
): Promise<Comparison> {
  const statements = getStatements(prepared, observation);
  const { applied } = getLedgerFit(prepared.history, statements, ledger);
  const known = new Set(
    statements.flatMap(({ ordinal, effect }) => (applied.has(ordinal) ? (effect?.creates ?? []) : [])),
  );
  const wanted = [...slice.objects].filter((ref) => {
    const { environment, gone } = observation.objects[ref]!;
    return environment !== true && gone !== true && !known.has(ref);
  });
  const pending = statements.filter(({ ordinal }) => slice.kept.has(ordinal) && !applied.has(ordinal));
  const named = [...new Set(pending.flatMap(({ roles }) => roles))];
  const roles = await readExistingRoles(session, named);
  const roleless = pending.filter((s) => s.roles.some((role) => !roles.has(role)));
  const expectation = getExpectation(observation, new Set(wanted), slice.outside.partitions);
  const { differences } = await verifyDatabase(session, {
    expectation,
    tables: slice.tables,
    readSkipped: async () => [
      ...roleless.map((statement) =>
        createSkipped(
          statement,
          statement.roles.filter((role) => !roles.has(role)),
          expectation.refs,
        ),
      ),
      ...(await readUnsought(session, statements, expectation.refs)),
    ],
  });
  return {
    statements,
    applied,
    standings: getStandings(observation, wanted, expectation, differences),
    differences,
    refs: expectation.refs,
    roleless: new Set(roleless.map(({ ordinal }) => ordinal)),
  };
}

/** Why the catalogue cannot say whether an object is what the history leaves: the statement that failed while it was watched. */
export function getUnclearReason(
  { history }: Prepared,
  { observation }: Watched,
  object: ObjectRef,
): string | null {
  const failed = observation.statements.find(
    ({ effect }) => effect.failed !== undefined && effect.needs.includes(object),
  );
  if (failed === undefined) return null;
  const { name } = history.migrations[failed.migration]!;
  const steps = getCodeStepsBefore(history, failed.migration);
  const after = steps.length === 0 ? '' : `, after ${steps.join(', ')}, which is not run`;
  return `${failed.file ?? name}:${failed.line} failed while the history was watched${after}`;
}
