import type { Adoption } from '../model/adoption.js';
import type { Ledger, LedgerStatement } from '../model/ledger.js';
import type { Plan } from '../model/plan.js';
import { readExistingRelations } from '../postgres/catalogue.js';
import { getRecordStatementsSql, type HistoryRecord, type RecordScope } from '../postgres/record-queries.js';
import type { Session } from '../postgres/session.js';
import type { ApplyContext } from './context.js';
import { createRow } from './ledger-rows.js';

/** A plan for a database of which a part may be adopted first. */
export interface AdoptingPlan {
  readonly plan: Plan;
  /** Null where no table that the run would make is there. */
  readonly adoption: Adoption | null;
}

/**
 * Plans; where tables are there that the run would make and no ledger knows, for what is left after they are adopted.
 *
 * @throws TableExistsError where they are other ones.
 */
export async function getAdoptingPlan(
  context: Pick<ApplyContext, 'getPlan' | 'adopt'> & Pick<HistoryRecord, 'migrations'>,
  session: Session,
  ledger: Ledger,
): Promise<AdoptingPlan> {
  const plan = await context.getPlan(ledger);
  const tables = context.adopt === undefined ? [] : await readExistingRelations(session, plan.absent);
  if (tables.length === 0) return { plan, adoption: null };
  const adoption = await context.adopt!(session, { ledger, tables });
  const rest = await context.getPlan(withAdopted(ledger, adoption, context));
  // What is adopted is told by itself.
  return { plan: { ...rest, already: plan.already }, adoption };
}

/** The ledger as it is when the adoption is written. */
function withAdopted(
  ledger: Ledger,
  { steps }: Adoption,
  { migrations }: Pick<HistoryRecord, 'migrations'>,
): Ledger {
  const rows = steps.map(({ migrationId: migration, index, digest }): LedgerStatement => {
    return { migration, index, digest, state: 'adopted' };
  });
  return { exists: ledger.exists, migrations, statements: [...ledger.statements, ...rows] };
}

/** Writes the rows of what is adopted, in one transaction. */
export async function recordAdoption(
  session: Session,
  scope: RecordScope,
  { steps }: Adoption,
): Promise<void> {
  if (steps.length === 0) return;
  await session.execute(
    getRecordStatementsSql(
      scope,
      steps.map((step) => createRow(step, 'adopted')),
    ),
  );
}
