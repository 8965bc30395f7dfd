import { PlinthError } from '../errors.js';
import type { History } from '../model/history.js';
import type { Observation } from '../model/observation.js';
import { renderPlace } from '../model/place.js';
import { readFacts } from '../postgres/catalogue-facts.js';
import type { ParsedStatement } from '../sql/statements.js';
import { isServerFileAccess } from '../sql/traits.js';
import { withGivenOwners } from '../verify/compare.js';
import { compileObservation } from './compile.js';
import { createDrafts } from './drafts.js';
import { readEnvironment, readFinalState } from './final-state.js';
import { INSTALL_PROBE } from './probe-sql.js';
import { runHistory } from './run-history.js';
import type { Scratch } from './scratch.js';
import { createWatcher } from './watch.js';

export interface ObserveOptions {
  readonly history: History;
  readonly statements: readonly ParsedStatement[];
  /** An empty database, a superuser's session. */
  readonly scratch: Scratch;
  /** SQL that runs first: what the history expects around it. */
  readonly prelude: string | null;
  readonly allowServerFiles: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (done: number, total: number) => void;
  /** Makes a role; false where it exists. */
  readonly createRole: (role: string) => Promise<boolean>;
  /** Called for each role that the history makes itself. */
  readonly adoptRole: (role: string) => Promise<void>;
}

/**
 * Runs the history once on a scratch database and tells what each statement did.
 *
 * @throws SERVER_FILE_REFUSED before anything runs, OBSERVATION_FAILED where the prelude fails.
 */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const { history, statements, scratch } = options;
  if (!options.allowServerFiles) ensureNoServerFiles(history, statements);
  const { session } = scratch;
  if (options.prelude !== null) await runPrelude(options);
  const watcher = await createWatcher(scratch);
  await session.execute(INSTALL_PROBE);
  const environment = await readEnvironment(session);
  const watched = await runHistory({
    ...options,
    watcher,
    onProgress: (done) => options.onProgress(done, statements.length),
  });
  const drafts = createDrafts(history, statements, watched);
  const keys = new Set(
    drafts.flatMap((d) => [
      ...d.writes,
      ...d.needs,
      ...d.targets,
      ...d.conditional.flatMap(([object, needed]) => [needed, object]),
    ]),
  );
  await session.execute(
    `reset session authorization; reset all${scratch.settings === '' ? '' : `; ${scratch.settings}`}`,
  );
  const final = await readFinalState(session, [...keys, ...environment]);
  const facts = await readFacts(
    { serverVersion: scratch.serverVersion, execute: (sql) => session.execute(sql) },
    { butSchema: '' },
  );
  return compileObservation({
    history,
    drafts,
    environment,
    final,
    facts: withGivenOwners(facts),
    lastIdentities: watcher.tracker.identities,
    serverVersion: scratch.serverVersion,
  });
}

async function runPrelude({ scratch, prelude }: ObserveOptions): Promise<void> {
  try {
    await scratch.session.execute(prelude!);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new PlinthError(
      'OBSERVATION_FAILED',
      { statement: 'the prelude', reason, advice: 'Mend the file that --prelude names.' },
      { cause },
    );
  }
}

function ensureNoServerFiles(history: History, statements: readonly ParsedStatement[]): void {
  const places = statements
    .filter(isServerFileAccess)
    .map(
      ({ migration, file, line, sql }) =>
        `${renderPlace({ migrationName: history.migrations[migration]!.name, file, line })} ${sql.split('\n')[0]!.slice(0, 80)}`,
    );
  if (places.length > 0) throw new PlinthError('SERVER_FILE_REFUSED', { places });
}
