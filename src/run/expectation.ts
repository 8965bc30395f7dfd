import type { VerifyOutcome } from '../apply/context.js';
import { isPlinthError } from '../errors.js';
import { EMPTY_LEDGER } from '../model/ledger.js';
import type { Observation } from '../model/observation.js';
import type { Slice } from '../model/slice.js';
import type { VerifyResult } from '../model/verification.js';
import type { ResolvedPlanOptions } from '../options.js';
import { getObservedStatements } from '../plan/plannable.js';
import { getProofState } from '../plan/proof-state.js';
import { readLedger } from '../postgres/ledger.js';
import type { Session } from '../postgres/session.js';
import { type Expectation, getExpectation } from '../verify/expected.js';
import type { SkippedStatement } from '../verify/skipped.js';
import { verifyDatabase } from '../verify/verify.js';
import type { Planner } from './planning.js';
import { getObservationAtHand } from './prepare.js';
import type { Prepared } from './prepared.js';
import { createSkipped, readUnsought } from './sought-roles.js';

/** What verifying needs but a session: a slice's objects, or all that the history leaves where there is no slice. */
export function createVerification(
  prepared: Prepared,
  options: Pick<ResolvedPlanOptions, 'ledger' | 'history'>,
  observation: Observation,
  slice: Slice | null,
): (session: Session) => Promise<VerifyResult> {
  const expectation = getExpectation(observation, slice?.objects ?? null, slice?.outside.partitions);
  const tables = slice?.tables ?? observation.tables.map(({ schema, name }) => `${schema}.${name}`);
  const proof = getProofState(observation, tables);
  return async (session) => {
    const readOwnSkipped = () => readSkipped(session, prepared, options, observation, expectation);
    return {
      ...(await verifyDatabase(session, { expectation, tables, readSkipped: readOwnSkipped })),
      proof,
    };
  };
}

/** Verifies what a run made. Of a whole history, which need not be watched, only where somebody has watched it before. */
export function createVerify(
  prepared: Prepared,
  options: Pick<ResolvedPlanOptions, 'ledger' | 'history'>,
  planner: Pick<Planner, 'watched'>,
): (session: Session) => Promise<VerifyOutcome> {
  return async (session) => {
    const { watched } = planner;
    const observation = watched?.observation ?? (await getObservationAtHand(prepared));
    if (observation === null) {
      return { verified: null, findings: [{ code: 'NOT_VERIFIED', severity: 'info', args: {} }] };
    }
    const compare = createVerification(prepared, options, observation, watched?.slice ?? null);
    const verified = await compare(session);
    return { verified, findings: verified.findings };
  };
}

async function readSkipped(
  session: Session,
  { history }: Prepared,
  options: Pick<ResolvedPlanOptions, 'ledger' | 'history'>,
  observation: Observation,
  { refs }: Expectation,
): Promise<readonly SkippedStatement[]> {
  const { statements } = await readLedger(session, options.ledger, options.history).catch(
    (error: unknown) => {
      // Verifying needs no rights; then it is not known what was left out.
      if (isPlinthError(error) && error.code === 'PERMISSION_DENIED') return EMPTY_LEDGER;
      throw error;
    },
  );
  const skipped = new Set(
    statements
      .filter(({ state }) => state === 'skipped')
      .map(({ migration, index }) => `${index} ${migration}`),
  );
  const observed = getObservedStatements(history, observation, () => '');
  const leftOut = observed
    .filter(({ index, migration }) => skipped.has(`${index} ${history.migrations[migration]!.id}`))
    .map((statement) => createSkipped(statement, statement.roles, refs));
  return [...leftOut, ...(await readUnsought(session, observed, refs))];
}
