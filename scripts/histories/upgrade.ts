import { existsSync, readFileSync } from 'node:fs';
import type { Ledger } from '../../src/model/ledger.js';
import { resolveHistoryOptions } from '../../src/options.js';
import type { Session } from '../../src/postgres/session.js';
import { getObservation, getStatements, prepare } from '../../src/run/prepare.js';
import { createSlicer } from '../../src/slice/slice.js';
import { compareOutcomes, type Outcome, readOutcome } from '../generated/outcome.js';
import { createRandom } from '../generated/random.js';
import { getPlan, runPlan, type Watched } from '../generated/run-plan.js';
import { fillTables } from './filler.js';
import { applyWithPsql } from './reference.js';
import type { SystemServer } from './system-server.js';

export interface UpgradeOptions {
  readonly folder: string;
  readonly prelude: string | null;
  readonly searchPath: string | null;
  readonly log: (line: string) => void;
  readonly withSession: <T>(database: string, work: (session: Session) => Promise<T>) => Promise<T>;
}

/** What became of a database with rows in it. */
export interface UpgradeResult {
  /** How many of the last migrations were applied to it. */
  readonly migrations: number;
  readonly filled: number;
  readonly tables: number;
  /** Whether catalogue and rows are the same by slices and as a whole; or the rows do not bear the migrations as a whole. */
  readonly outcome: 'equal' | 'DIFFERS' | 'fails as a whole';
}

const LAST = 10;

/**
 * Applies all but the last ten migrations, puts rows into every table, and applies the last ten as a whole, and by one
 * slice after the other: both must leave the same catalogue and rows.
 */
export async function checkUpgrade(server: SystemServer, options: UpgradeOptions): Promise<UpgradeResult> {
  const { folder, prelude, searchPath, log, withSession } = options;
  const given = {
    migrations: folder,
    ...(prelude === null ? {} : { prelude }),
    ...(searchPath === null ? {} : { searchPath }),
  };
  const prepared = await prepare(resolveHistoryOptions(given, process.env), {});
  const observation = await getObservation(prepared);
  const { history } = prepared;
  const watched: Watched = {
    history,
    observation,
    slicer: createSlicer(observation),
    statements: getStatements(prepared, observation),
  };
  const first = Math.max(1, history.migrations.length - LAST);
  const early = { ...history, migrations: history.migrations.slice(0, first) };
  const late = { ...history, migrations: history.migrations.slice(first) };
  const preludeText = prelude !== null && existsSync(prelude) ? readFileSync(prelude, 'utf8') : null;
  const run = (sql: string): Promise<unknown> => withSession('postgres', (session) => session.execute(sql));
  const databases = ['upgrade_early', 'upgrade_whole', 'upgrade_again', 'upgrade_slices'];
  for (const name of databases) await run(`drop database if exists ${name} with (force)`);
  await run('create database upgrade_early template template0');
  await applyWithPsql(server, 'upgrade_early', early, preludeText, searchPath);
  const { filled, tables } = await withSession('upgrade_early', fillTables);
  for (const name of databases.slice(1)) await run(`create database ${name} template upgrade_early`);
  const result = { migrations: late.migrations.length, filled, tables };
  try {
    for (const name of ['upgrade_whole', 'upgrade_again'])
      await applyWithPsql(server, name, late, null, searchPath);
  } catch (error) {
    // What fails on these rows as a whole says nothing of slices.
    log(`  upgrade: as a whole: ${(error as Error).message.slice(0, 200)}`);
    return { ...result, outcome: 'fails as a whole' };
  }
  const whole = await withSession('upgrade_whole', readOutcome);
  const again = await withSession('upgrade_again', readOutcome);
  const failed = await withSession('upgrade_slices', (session) =>
    applyBySlices(session, watched, first, searchPath),
  ).catch((error: Error) => error.message);
  const differences =
    typeof failed === 'string'
      ? [failed]
      : compare(await withSession('upgrade_slices', readOutcome), whole, again);
  for (const difference of differences.slice(0, 5)) log(`  upgrade: ${difference}`);
  for (const name of databases) await run(`drop database if exists ${name} with (force)`);
  return { ...result, outcome: differences.length === 0 ? 'equal' : 'DIFFERS' };
}

/** Every table in an order of its own, and then the rest. */
async function applyBySlices(
  session: Session,
  watched: Watched,
  first: number,
  searchPath: string | null,
): Promise<null> {
  const { history, observation, statements } = watched;
  let ledger: Ledger = {
    exists: true,
    migrations: history.migrations.slice(0, first).map(({ id, name }) => ({ id, name, digests: [] })),
    statements: statements
      .filter(({ migration, session: isSetting }) => migration < first && !isSetting)
      .map(({ migration, index, digest }) => ({
        migration: history.migrations[migration]!.id,
        index,
        digest,
        state: 'applied' as const,
      })),
  };
  const left = observation.tables.map(({ schema, name }) => `${schema}.${name}`);
  const random = createRandom(left.length);
  const settings = searchPath === null ? '' : `set search_path = ${searchPath}`;
  while (left.length > 0) {
    const table = left.splice(random(left.length), 1);
    ledger = await runPlan(session, watched, getPlan(watched, table, false, ledger), ledger, settings);
  }
  await runPlan(session, watched, getPlan(watched, null, false, ledger), ledger, settings);
  return null;
}

/** What differs between two runs as a whole (times, random values) is compared by its number only. */
function compare(part: Outcome, whole: Outcome, again: Outcome): readonly string[] {
  const isSame = ([name, content]: readonly [string, string]): boolean =>
    again.contents.get(name) === content;
  const stable = new Map([...whole.contents].filter(isSame));
  const withStable = ({ picture, contents }: Outcome): Outcome => ({
    picture,
    contents: new Map([...contents].filter(([name]) => stable.has(name))),
  });
  return [
    ...compareOutcomes(withStable(part), withStable(whole), [], new Set()),
    ...compareOutcomes(withStable(whole), withStable(part), [], new Set()),
  ];
}
