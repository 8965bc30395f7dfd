import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY_LEDGER, type Ledger } from '../../src/model/ledger.js';
import { resolveHistoryOptions } from '../../src/options.js';
import type { Session } from '../../src/postgres/session.js';
import { getObservation, getStatements, prepare } from '../../src/run/prepare.js';
import { createSlicer } from '../../src/slice/slice.js';
import { getExpectation } from '../../src/verify/expected.js';
import { verifyDatabase } from '../../src/verify/verify.js';
import { type Built, buildHistory, type Numbers } from './build.js';
import type { Databases, WithEmpty } from './database.js';
import { compareOutcomes, type Outcome, readOutcome } from './outcome.js';
import { createRandom } from './random.js';
import { getPlan, runPlan, type Watched } from './run-plan.js';

/** A generated history that was tried, and what was wrong with it. */
export interface Checked {
  readonly built: Built;
  readonly tables: number;
  /** Slices of single tables that were applied to an empty database and compared with the whole. */
  readonly slices: number;
  /** Requests one after another that were, and that left nothing to do. */
  readonly sequences: number;
  /** How much of the statements each table's slice keeps, with room for later requests and without. */
  readonly shares: readonly { readonly shared: number; readonly alone: number }[];
  /** `orders alone: differs relation public.orders`; empty where every property holds. */
  readonly wrong: readonly string[];
}

export interface CheckOptions {
  /** Random sequences of requests, of up to eight tables; after the last one everything else is asked for. */
  readonly sequences: number;
  /** How many of the tables are tried by themselves. Default: all. */
  readonly tables?: number;
  /** Each slice and sequence gets a database of its own at once, instead of a transaction that is rolled back. Default: false. */
  readonly own?: boolean;
}

interface Subject extends Watched {
  readonly whole: Outcome;
}

/**
 * Builds a history and tries its properties: each table's slice equals the whole (faithful), requests one after
 * another equal it, too (order-free), and there is nothing left to do then (idempotent).
 */
export async function checkHistory(
  databases: Databases,
  operations: readonly (Numbers | null)[],
  options: CheckOptions,
): Promise<Checked> {
  const { built, outcome } = await databases.withRolledBack(async (session) => {
    const built = await buildHistory(session, operations);
    return { built, outcome: await readOutcome(session) };
  });
  if (built.statements === 0) return { built, ...NOTHING };
  // What was refused took numbers from sequences all the same.
  return {
    built,
    ...(await checkFiles(databases, built.files, options, built.refused.length === 0 ? outcome : null)),
  };
}

const NOTHING = { tables: 0, slices: 0, sequences: 0, shares: [], wrong: [] };

/** The same for files that are there; `whole` is what they leave, where that is known. */
export async function checkFiles(
  { url, withOwn, withRolledBack }: Databases,
  files: Readonly<Record<string, string>>,
  options: CheckOptions,
  whole: Outcome | null = null,
): Promise<Omit<Checked, 'built'>> {
  if (options.own !== true) {
    const known = whole ?? (await readWhole(withRolledBack, files));
    const checked = await checkAgainst(url, withRolledBack, files, known, options);
    if (checked.wrong.length === 0) return checked;
  }
  // A run is more than one transaction: what is wrong must be so in databases of their own.
  return checkAgainst(url, withOwn, files, await readWhole(withOwn, files), options);
}

function readWhole(withEmpty: WithEmpty, files: Readonly<Record<string, string>>): Promise<Outcome> {
  return withEmpty(async (session) => {
    for (const text of Object.values(files)) {
      await session.execute('reset all');
      for (const sql of text.split(/;\n/)) await session.execute(sql);
    }
    await session.execute('reset all');
    return readOutcome(session);
  });
}

async function checkAgainst(
  url: string,
  withEmpty: WithEmpty,
  files: Readonly<Record<string, string>>,
  whole: Outcome,
  options: CheckOptions,
): Promise<Omit<Checked, 'built'>> {
  const subject = { ...(await observeFiles(url, files)), whole };
  const wrong: string[] = [];
  for (const [ordinal, { effect }] of subject.observation.statements.entries()) {
    if (effect.failed !== undefined)
      wrong.push(`observing: statement ${ordinal + 1}: ${effect.failed.message}`);
  }
  const names = subject.observation.tables.map(({ schema, name }) => `${schema}.${name}`);
  const attempt = async (requests: readonly (readonly string[] | null)[], alone: boolean): Promise<void> => {
    const differences = await withEmpty((session) => tryRequests(session, subject, requests, alone));
    const label = requests.map((request) => request?.join(' + ') ?? 'everything').join(' > ');
    if (differences.length > 0)
      wrong.push(`${label}${alone ? ' (alone)' : ''}: ${differences.slice(0, 4).join('; ')}`);
  };
  const getKept = (name: string, alone: boolean): ReadonlyMap<number, unknown> =>
    subject.slicer.getSlice({ tables: [name], alone, declared: [] }).kept;
  const seen = new Set<string>();
  for (const name of names.slice(0, options.tables)) {
    for (const alone of [true, false]) {
      // Two tables that need the same statements need trying once; what they are compared with differs in nothing.
      const key = [...getKept(name, alone).keys()].join(' ');
      if (seen.has(key)) continue;
      seen.add(key);
      await attempt([[name]], alone);
    }
  }
  const random = createRandom(subject.statements.length * 31 + names.length);
  const sequences = names.length > 1 ? options.sequences : 0;
  for (let count = 0; count < sequences; count += 1) {
    const left = [...names];
    const order = names.map(() => left.splice(random(left.length), 1)[0]!).slice(0, 2 + random(7));
    const last = count === sequences - 1 ? [null] : [];
    await attempt([...order.map((name) => [name]), ...last], false);
  }
  const getShare = (name: string, alone: boolean): number =>
    getKept(name, alone).size / subject.statements.length;
  const shares = names.map((name) => ({ shared: getShare(name, false), alone: getShare(name, true) }));
  return { tables: names.length, slices: seen.size, sequences, shares, wrong };
}

async function observeFiles(url: string, files: Readonly<Record<string, string>>): Promise<Watched> {
  const dir = await mkdtemp(join(tmpdir(), 'plinth-generated-'));
  try {
    await mkdir(join(dir, 'migrations'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, 'migrations', name), text);
    const given = {
      migrations: join(dir, 'migrations'),
      format: 'plain',
      scratch: url,
      cacheDir: false,
    } as const;
    const prepared = await prepare(resolveHistoryOptions(given, {}), {});
    const observation = await getObservation(prepared);
    const { history } = prepared;
    return {
      history,
      observation,
      slicer: createSlicer(observation),
      statements: getStatements(prepared, observation),
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Applies requests one after the other to an empty database, and tells what is wrong with what comes out. */
async function tryRequests(
  session: Session,
  subject: Subject,
  requests: readonly (readonly string[] | null)[],
  alone: boolean,
): Promise<readonly string[]> {
  const { slicer, observation, whole } = subject;
  let ledger: Ledger = EMPTY_LEDGER;
  try {
    for (const tables of requests)
      ledger = await runPlan(session, subject, getPlan(subject, tables, alone, ledger), ledger);
  } catch (error) {
    return [(error as Error).message];
  }
  const wanted = requests.flatMap((request) => request ?? []);
  const everything = requests.includes(null);
  const slices = requests.map((tables) => slicer.getSlice({ tables, alone, declared: [] }));
  const objects = new Set(slices.flatMap((slice) => [...slice.objects]));
  const written = slices.flatMap(({ kept }) =>
    [...kept.keys()].flatMap((at) => observation.statements[at]!.effect.writes),
  );
  const beside = everything ? [] : written.filter((object) => !objects.has(object));
  const outcome = await readOutcome(session);
  const wrong = [
    ...compareOutcomes(
      outcome,
      whole,
      wanted,
      new Set(beside.map((object) => observation.objects[object]!.identity)),
    ),
  ];
  if (everything)
    wrong.push(...compareOutcomes(whole, outcome, [], new Set()).map((line) => `whole: ${line}`));
  // The product's own comparison must find nothing either; now and then is enough.
  const { differences } =
    requests.length === 1
      ? { differences: [] }
      : await verifyDatabase(session, {
          expectation: getExpectation(observation, objects),
          tables: wanted,
          readSkipped: async () => [],
        });
  for (const { object, kind, name, expected, found } of differences)
    wrong.push(`verify: ${object} ${kind} ${name} ${expected} ${found}`);
  for (const tables of requests) {
    const left = getPlan(subject, tables, alone, ledger).migrations.flatMap((m) => [...m.steps, ...m.elided]);
    if (left.length > 0) wrong.push(`not idempotent: ${left.map(({ sql }) => sql).join('; ')}`);
  }
  return wrong;
}
