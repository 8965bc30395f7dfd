import { isPlinthError, PlinthError } from '../errors.js';
import type { History } from '../model/history.js';
import type { Observation } from '../model/observation.js';
import { getPreludeDigest } from '../observe/cache.js';
import { observe } from '../observe/observe.js';
import { getLedgerDigest } from '../plan/ledger-digest.js';
import type { PlannableStatement } from '../plan/plannable.js';
import { isServerError } from '../postgres/sqlstate.js';
import { type ParsedStatement, parseHistory } from '../sql/statements.js';
import {
  getConcurrently,
  getRoles,
  isOutsideTransaction,
  isSessionSetting,
  isTransactionSetting,
} from '../sql/traits.js';
import { findFilePlaces } from './failure-places.js';
import type { Prepared } from './prepared.js';
import { type ScratchServer, withScratchServer, withScratchSession } from './scratch-server.js';

export { getRespanned } from '../observe/respan.js';
export { getStatementsDigest, parseEach, parseHistory } from '../sql/statements.js';

/** Watches a history on a scratch server of its own. */
export async function observeHistory(
  prepared: Prepared,
  statements: readonly ParsedStatement[],
): Promise<Observation> {
  const { options, context } = prepared;
  return await withScratchServer(options, { signal: context.signal, sessions: 2 }, (server) =>
    observeOn(server, prepared, statements),
  );
}

/** Watches a history on a scratch server. */
export async function observeOn(
  server: ScratchServer,
  prepared: Prepared,
  statements: readonly ParsedStatement[],
): Promise<Observation> {
  const { history, options, context, prelude, key } = prepared;
  const start = performance.now();
  let told = 0;
  const onProgress = (done: number, total: number): void => {
    // Often enough to be seen moving, seldom enough to cost nothing.
    const now = performance.now();
    if (done < total && now - told < 100) return;
    told = now;
    context.onEvent?.({ type: 'observing', done, total, elapsedMs: Math.round(now - start) });
  };
  onProgress(0, statements.length);
  const observation = await withScratchSession(server, context.signal, (session) =>
    observe({
      history,
      statements,
      prelude,
      scratch: { session, serverVersion: server.version, settings: renderSearchPath(options.searchPath) },
      allowServerFiles: options.allowServerFiles,
      signal: context.signal,
      onProgress,
      createRole: (role) => server.createRole(role),
      // Roles outlive the database that they were made for.
      adoptRole: (role) => server.adoptRole(role),
    }),
  ).catch(async (error: unknown) => {
    throw await withPreludePlace(prepared, error);
  });
  const { searchPath } = options;
  return {
    ...observation,
    digest: key,
    ...(searchPath === null ? {} : { searchPath }),
    ...(prelude === null ? {} : { prelude: getPreludeDigest(prelude) }),
  };
}

/** An error of the prelude with its place in the file; any other error as it is. */
async function withPreludePlace({ prelude, options }: Prepared, error: unknown): Promise<unknown> {
  const isOfPrelude = isPlinthError(error) && error.code === 'OBSERVATION_FAILED' && prelude !== null;
  if (!isOfPrelude || !isServerError(error.cause)) return error;
  const { places } = await findFilePlaces(options.prelude ?? 'prelude', prelude, error.cause);
  const [place, ...calls] = places;
  if (place === undefined) return error;
  const { args, cause } = error as PlinthError<'OBSERVATION_FAILED'>;
  return new PlinthError('OBSERVATION_FAILED', args, { cause, place, calls });
}

function renderSearchPath(searchPath: string | null): string {
  return searchPath === null ? '' : `set search_path = ${searchPath}`;
}

/** A statement of a history as planning needs it, without its effect. */
export function createPlannable({ migrations }: History, statement: ParsedStatement): PlannableStatement {
  const { ordinal, migration, index, kind, file, line, column, digest, sql, rows, block } = statement;
  return {
    ordinal,
    migration,
    index,
    kind,
    file,
    line,
    column,
    digest: getLedgerDigest(digest, migrations[migration]!),
    sql,
    rows: rows?.text,
    block,
    outside: isOutsideTransaction(statement),
    session: isSessionSetting(statement) || isTransactionSetting(statement),
    roles: getRoles(statement),
    concurrently: getConcurrently(statement),
    effect: null,
  };
}

/** Cuts a SQL file that is no migration, such as a prelude, into its statements. */
export async function splitSql(source: Pick<History, 'migrations'>): Promise<readonly string[]> {
  return (await parseHistory(source)).map(({ sql }) => sql);
}
