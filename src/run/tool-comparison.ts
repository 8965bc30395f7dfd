import { PlinthError } from '../errors.js';
import type { Finding } from '../model/finding.js';
import type { ObjectRef, Observation } from '../model/observation.js';
import { getObservationKey } from '../observe/cache.js';
import { getObservedStatements, type PlannableStatement } from '../plan/plannable.js';
import type { TakenOver } from '../plan/taken-over.js';
import type { Session } from '../postgres/session.js';
import { createPart } from '../sources/read-history.js';
import { getExpectation } from '../verify/expected.js';
import { verifyDatabase } from '../verify/verify.js';
import type { Planner } from './planning.js';
import { getObservation } from './prepare.js';
import type { Prepared } from './prepared.js';
import { readUnsought } from './sought-roles.js';

/** What is to be compared, and what for. */
export interface ComparisonRequest {
  readonly taken: TakenOver;
  /** Statements of the history whose objects must be as they left them. */
  readonly statements: readonly PlannableStatement[];
  readonly about: { readonly tool: string; readonly table: string; readonly why: 'trust' | 'write' };
}

/** Gives work a session that is in no transaction. */
export type Run = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

/**
 * Loads what the catalogue is to be compared with, and gives what compares it: what those migrations leave that are in the database, and no others: their part of the
 * history is watched where it is not all of it. Nothing is compared where no statement is given.
 */
export function createComparison(
  prepared: Prepared,
  { watched }: Pick<Planner, 'watched'>,
): (
  request: ComparisonRequest,
) => Promise<(run: Run) => Promise<{ readonly checked: number; readonly findings: readonly Finding[] }>> {
  // Looked at before the lock and again under it: watched once.
  const observations = new Map<string, Promise<Observation>>();
  const readObservation = (part: Prepared): Promise<Observation> => {
    const known = observations.get(part.key) ?? getObservation(part);
    observations.set(part.key, known);
    return known;
  };
  return async ({ taken, statements, about }) => {
    if (statements.length === 0) return async () => ({ checked: 0, findings: [] });
    const part = createPartPrepared(prepared, taken.there);
    const observation =
      part === prepared && watched !== null ? watched.observation : await readObservation(part);
    const refs = getWritten(prepared, part, observation, { taken, statements });
    const expectation = getExpectation(observation, refs, watched?.slice.outside.partitions);
    const compare = async (session: Session) => {
      const readSkipped = () => readUnsought(session, statements, expectation.refs);
      const { ok, differences, checked } = await verifyDatabase(session, {
        expectation,
        tables: [],
        readSkipped,
      });
      if (!ok) {
        const target = await readTargetName(session);
        throw new PlinthError('TOOL_LEDGER_DIFFERS', { ...about, target, differences });
      }
      const findings = expectation.unknown.map(
        (object): Finding => ({ code: 'OBJECT_NOT_COMPARED', severity: 'warning', args: { object } }),
      );
      return { checked, findings };
    };
    return (run) => run(compare);
  };
}

async function readTargetName(session: Session): Promise<string> {
  const [row] = await session.query('select current_database() as name');
  return `the database ${row?.['name']}`;
}

function createPartPrepared(prepared: Prepared, there: ReadonlySet<number>): Prepared {
  const { history, options, prelude, context } = prepared;
  if (history.migrations.every(({ ordinal }) => there.has(ordinal))) return prepared;
  const part = createPart(history, there);
  return {
    ...prepared,
    history: part,
    key: getObservationKey(part.digest, prelude, options.searchPath),
    lockFile: null,
    // What failed is told of the whole history, or of no importance.
    context: { ...context, onEvent: (event) => void (event.type !== 'finding' && context.onEvent?.(event)) },
  };
}

/** The objects that the statements wrote, by their place in the part's observation; without those that will be made anew. */
function getWritten(
  whole: Prepared,
  part: Prepared,
  observation: Observation,
  { taken, statements }: Pick<ComparisonRequest, 'taken' | 'statements'>,
): ReadonlySet<ObjectRef> {
  const getKey = ({ history }: Prepared, { migration, index }: PlannableStatement): string =>
    `${index} ${history.migrations[migration]!.id}`;
  const wanted = new Set(statements.map((statement) => getKey(whole, statement)));
  const outdated = new Set([...taken.outdated].map((ordinal) => whole.history.migrations[ordinal]!.id));
  const observed = getObservedStatements(part.history, observation, () => '');
  const getWrites = (isMeant: (statement: PlannableStatement) => boolean): readonly ObjectRef[] =>
    observed.filter(isMeant).flatMap(({ effect }) => effect?.writes ?? []);
  const anew = new Set(getWrites(({ migration }) => outdated.has(part.history.migrations[migration]!.id)));
  return new Set(
    getWrites((statement) => wanted.has(getKey(part, statement))).filter((object) => !anew.has(object)),
  );
}
