import { existsSync, readFileSync } from 'node:fs';
import { apply, plan, readTables, verify } from '../../src/index.js';
import { resolveConnection } from '../../src/postgres/connection.js';
import { openSession, type Session } from '../../src/postgres/session.js';
import { createDirectoryFolder } from '../../src/sources/folder.js';
import { readHistory } from '../../src/sources/read-history.js';
import { getDifferences, type Picture, readPicture } from './fingerprint.js';
import { applyWithPsql } from './reference.js';
import type { SystemServer } from './system-server.js';

/** What a folder is checked with. */
export interface CheckOptions {
  readonly folder: string;
  readonly prelude: string | null;
  readonly searchPath: string | null;
  /** How many random sequences of three tables. */
  readonly sequences: number;
  readonly log: (line: string) => void;
}

export interface CheckResult {
  readonly format: string;
  readonly migrations: number;
  readonly statements: number;
  readonly tables: number;
  /** The whole history equals what psql makes, by pg_dump -s and by catalogue. */
  readonly whole: boolean;
  /** `plinth verify` finds the whole as it should be; after slices, apply does so itself. */
  readonly verified: boolean;
  /** Tables whose slice equals the whole. */
  readonly equal: number;
  readonly equalAlone: number;
  /** Average slice in per cent of the statements: with room for later requests, and alone. */
  readonly slice: number;
  readonly sliceAlone: number;
  readonly sequences: number;
  readonly sequencesEqual: number;
  /** Of how many random tables it was tried that the whole history comes out right after them. */
  readonly rests: number;
  readonly restsEqual: number;
  readonly observeSeconds: number;
  readonly seconds: number;
}

/** Applies a history as a whole, table by table and in random orders, and compares each outcome. */
export async function checkHistory(server: SystemServer, options: CheckOptions): Promise<CheckResult> {
  const start = performance.now();
  const { folder, log } = options;
  const source = {
    migrations: folder,
    ...(options.prelude === null ? {} : { prelude: options.prelude }),
    ...(options.searchPath === null ? {} : { searchPath: options.searchPath }),
  };
  const preludeText =
    options.prelude !== null && existsSync(options.prelude) ? readFileSync(options.prelude, 'utf8') : null;
  const history = await readHistory(createDirectoryFolder(folder));

  await withDatabase(server, 'reference', async () => undefined);
  await applyWithPsql(server, 'reference', history, preludeText, options.searchPath);
  const whole = await withSession(server, 'reference', readPicture);

  await createDatabase(server, 'whole', preludeText);
  await apply({ ...source, url: server.getUrl('whole'), timeout: '10m' });
  const wholeDifferences = getDifferences(await withSession(server, 'whole', readPicture), whole, []);
  const dumped = (await server.dumpSchema('reference')) === (await server.dumpSchema('whole'));
  for (const difference of wholeDifferences.slice(0, 5)) log(`  whole: ${difference}`);
  if (!dumped) log('  whole: pg_dump -s differs');

  const observing = performance.now();
  const tables = await readTables(source);
  const observeSeconds = (performance.now() - observing) / 1000;
  const { differences } = await verify({ ...source, url: server.getUrl('whole') });
  for (const { object, kind, name } of differences.slice(0, 5)) log(`  verify: ${object} ${kind} ${name}`);
  const names = tables.map(({ schema, name }) => `${schema}.${name}`);
  const planned = await plan({ ...source, tables: names.slice(0, 1) });
  const statements = planned.history.statements;

  const tryTables = async (
    requests: readonly (readonly string[])[],
    alone: boolean,
  ): Promise<readonly string[]> => {
    await createDatabase(server, 'part', preludeText);
    try {
      for (const request of requests) {
        await apply({ ...source, tables: request, alone, url: server.getUrl('part'), timeout: '10m' });
      }
    } catch (error) {
      return [(error as Error).message.slice(0, 300)];
    }
    const picture: Picture = await withSession(server, 'part', readPicture);
    return getDifferences(picture, whole, requests.flat());
  };

  let equal = 0;
  let equalAlone = 0;
  let kept = 0;
  let keptAlone = 0;
  for (const name of names) {
    for (const alone of [false, true]) {
      const count = (await plan({ ...source, tables: [name], alone })).migrations.flatMap(
        (m) => m.steps,
      ).length;
      const differences = await tryTables([[name]], alone);
      if (alone) {
        keptAlone += count;
        equalAlone += differences.length === 0 ? 1 : 0;
      } else {
        kept += count;
        equal += differences.length === 0 ? 1 : 0;
      }
      if (differences.length > 0)
        log(`  ${name}${alone ? ' (alone)' : ''}: ${differences.slice(0, 4).join('; ')}`);
    }
  }
  let sequencesEqual = 0;
  const random = createRandom(20_231);
  const sequences = names.length < 2 ? 0 : options.sequences;
  for (let count = 0; count < sequences; count += 1) {
    const sequence: string[] = [];
    while (sequence.length < Math.min(3, names.length)) {
      const name = names[random(names.length)]!;
      if (!sequence.includes(name)) sequence.push(name);
    }
    const differences = await tryTables(
      sequence.map((name) => [name]),
      false,
    );
    if (differences.length === 0) sequencesEqual += 1;
    else log(`  ${sequence.join(' > ')}: ${differences.slice(0, 4).join('; ')}`);
  }
  let restsEqual = 0;
  const rests = Math.min(3, names.length);
  for (let count = 0; count < rests; count += 1) {
    const name = names[random(names.length)]!;
    const differences = await tryTables([[name], []], false);
    const missing = await withSession(server, 'part', readPicture);
    const lost = [...whole.facts.keys()]
      .filter((key) => !missing.facts.has(key))
      .map((key) => `missing ${key}`);
    const all = [...differences, ...lost];
    if (all.length === 0) restsEqual += 1;
    else log(`  ${name} > everything: ${all.slice(0, 4).join('; ')}`);
  }
  for (const database of ['reference', 'whole', 'part']) await dropDatabase(server, database);
  return {
    format: history.format,
    migrations: history.migrations.length,
    statements,
    tables: names.length,
    whole: dumped && wholeDifferences.length === 0,
    verified: differences.length === 0,
    equal,
    equalAlone,
    slice: (100 * kept) / names.length / statements,
    sliceAlone: (100 * keptAlone) / names.length / statements,
    sequences,
    sequencesEqual,
    rests,
    restsEqual,
    observeSeconds,
    seconds: (performance.now() - start) / 1000,
  };
}

/** A small generator of our own, so that every run tries the same sequences. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

export async function withSession<T>(
  server: SystemServer,
  database: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const config = await resolveConnection({ url: server.getUrl(database), env: {} });
  const session = await openSession(config, { applicationName: 'histories', connectTimeoutMs: 10_000 });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

async function dropDatabase(server: SystemServer, name: string): Promise<void> {
  await withSession(server, 'postgres', (session) =>
    session.execute(`drop database if exists ${name} with (force)`),
  );
}

async function withDatabase(server: SystemServer, name: string, work: () => Promise<void>): Promise<void> {
  await dropDatabase(server, name);
  await withSession(server, 'postgres', (session) =>
    session.execute(`create database ${name} template template0`),
  );
  await work();
}

async function createDatabase(server: SystemServer, name: string, prelude: string | null): Promise<void> {
  await withDatabase(server, name, async () => {
    if (prelude !== null) await withSession(server, name, (session) => session.execute(prelude));
  });
}
