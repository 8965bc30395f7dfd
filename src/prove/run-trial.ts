import { randomUUID } from 'node:crypto';
import { applyPlan } from '../apply/apply.js';
import { isPlinthError } from '../errors.js';
import type { Ledger } from '../model/ledger.js';
import type { ObjectRef } from '../model/observation.js';
import type { Plan } from '../model/plan.js';
import { createPlan } from '../plan/plan.js';
import { readLedger } from '../postgres/ledger.js';
import type { Session } from '../postgres/session.js';
import { isOutOfResources, isServerError } from '../postgres/sqlstate.js';
import type { Slicer } from '../slice/slice.js';
import { getExpectation } from '../verify/expected.js';
import { verifyDatabase } from '../verify/verify.js';
import type { Lab, LabDatabase, ReferenceRows } from './lab.js';
import { isSameRows, type RowPicture, type RowTable, readRows } from './rows.js';
import type { Problem, Request, Trial } from './trial.js';

export const LEDGER = 'plinth';
const HISTORY = 'main';
const TIMEOUT_MS = 600_000;
// What two databases of one server do to its common catalogues at the same time: "tuple concurrently updated".
const INTERNAL_ERROR = 'XX000';
const TRIES = 3;

/** What came of a trial: no problems where it is as the whole history. */
export interface TrialOutcome {
  readonly problems: readonly Problem[];
  readonly rows: ReadonlyMap<string, RowPicture>;
}

/** Brings the requests of a trial into a database of its own, one after the other, as `apply` does, and compares. */
export async function runTrial(
  lab: Lab,
  slicer: Slicer,
  trial: Pick<Trial, 'requests' | 'objects'>,
  reference: ReferenceRows,
): Promise<TrialOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const database = await lab.createDatabase();
    try {
      const failed = await applyRequests(lab, slicer, database, trial.requests);
      if (failed === null) return await compare(lab, slicer, database, trial, reference);
      if (failed.sqlstate !== INTERNAL_ERROR || attempt >= TRIES) {
        const { ordinal, reason } = failed;
        return { problems: [{ is: 'failed', ordinal, reason }], rows: new Map() };
      }
    } finally {
      void database.drop();
    }
  }
}

interface Failed {
  readonly ordinal: number | null;
  readonly reason: string;
  readonly sqlstate: string | null;
}

async function applyRequests(
  lab: Lab,
  slicer: Slicer,
  database: LabDatabase,
  requests: readonly Request[],
): Promise<Failed | null> {
  for (const request of requests) {
    const failed = await applyRequest(lab, slicer, database, request);
    if (failed !== null) return failed;
  }
  return null;
}

function getPlan(
  { history, statements, observation }: Lab,
  slicer: Slicer,
  request: Request,
  ledger: Ledger,
): Plan {
  const { tables, alone } = request;
  const isWhole = tables === null;
  const { plan } = createPlan({
    name: HISTORY,
    history,
    statements,
    observation: isWhole ? null : observation,
    getSlice: isWhole ? null : (live, again) => slicer.getSlice({ tables, alone, declared: [], live, again }),
    ledger,
    allowChanged: false,
    // The ledger knows no other migrations than those that were run.
    allowOutOfOrder: true,
  });
  return plan;
}

// They are about the server, not about the history.
const OF_SERVER: ReadonlySet<string> = new Set([
  'ABORTED',
  'TIMEOUT',
  'LOCK_TIMEOUT',
  'CONNECTION_LOST',
  'ENDED_BY_ADMINISTRATOR',
  'POSTGRES_NOT_READY',
  'AUTHENTICATION_FAILED',
  'CONNECTIONS_EXHAUSTED',
  'DATABASE_MISSING',
  'READ_ONLY',
  'DISK_FULL',
]);

/** Null where it went well. */
async function applyRequest(
  lab: Lab,
  slicer: Slicer,
  database: LabDatabase,
  request: Request,
): Promise<Failed | null> {
  let ordinal: number | null = null;
  const runId = randomUUID();
  try {
    await applyPlan({
      connect: () => database.open(),
      target: 'the scratch server',
      ledgerSchema: LEDGER,
      historyName: HISTORY,
      service: 'prove',
      runId,
      applicationName: `plinth/prove/${runId}`,
      plinthVersion: '',
      searchPath: lab.searchPath ?? undefined,
      getPlan: (ledger) => getPlan(lab, slicer, request, ledger),
      record: {
        history: { format: lab.history.format, location: '', digest: '', migrations: [] },
        selection: { key: '', digest: '', tables: request.tables ?? [] },
      },
      missingRoles: 'create',
      timeoutMs: TIMEOUT_MS,
      signal: lab.signal,
      findPlaces: async (step) => {
        ordinal = step.ordinal;
        return { places: [], built: null };
      },
    });
    return null;
  } catch (error) {
    if (!isPlinthError(error) || OF_SERVER.has(error.code)) throw error;
    const { cause } = error;
    const state = isServerError(cause) ? cause.code : null;
    if (isOutOfResources(cause)) throw cause;
    const reason = isServerError(cause) ? (cause as unknown as Error).message : error.message;
    return { ordinal, reason, sqlstate: state };
  }
}

async function compare(
  lab: Lab,
  slicer: Slicer,
  database: LabDatabase,
  trial: Pick<Trial, 'requests' | 'objects'>,
  reference: ReferenceRows,
): Promise<TrialOutcome> {
  const { observation } = lab;
  const session = await database.open();
  try {
    const expectation = getExpectation(observation, trial.objects);
    const { differences } = await verifyDatabase(session, {
      expectation,
      tables: [],
      readSkipped: async () => [],
    });
    const rows = await readRows(session, getRowTables(lab, trial.objects));
    const problems: Problem[] = differences.map((difference) => ({ is: 'different', ...difference }));
    for (const { identity } of reference === null ? [] : getRowTables(lab, trial.objects)) {
      const [expected, found] = [reference!.get(identity), rows.get(identity)];
      if (isSameRows(expected, found)) continue;
      const object = `table ${identity}`;
      problems.push({ is: 'rows', object, expected: expected?.rows ?? 0, found: found?.rows ?? 0 });
    }
    for (const ordinal of await readAgain(lab, slicer, session, trial.requests)) {
      problems.push({ is: 'again', ordinal });
    }
    return { problems, rows };
  } finally {
    await session.close();
  }
}

/** What another run of the same requests would run: nothing. */
async function readAgain(
  lab: Lab,
  slicer: Slicer,
  session: Session,
  requests: readonly Request[],
): Promise<readonly number[]> {
  const ledger = await readLedger(session, LEDGER, HISTORY);
  return requests.flatMap((request) =>
    getPlan(lab, slicer, request, ledger).migrations.flatMap(({ steps }) =>
      steps.map(({ ordinal }) => ordinal),
    ),
  );
}

function getRowTables({ observation }: Lab, objects: ReadonlySet<ObjectRef>): readonly RowTable[] {
  return observation.facts.flatMap(({ of, type, facts }) => {
    const object = observation.objects[of]!;
    if (!objects.has(of) || type !== undefined || object.type !== 'table') return [];
    const columns = facts.column === undefined || typeof facts.column === 'string' ? [] : facts.column;
    return [{ identity: object.identity, columns: columns.map(([name]) => name!) }];
  });
}
