import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { getDifferences, type Picture, readPicture } from '../../scripts/histories/fingerprint.js';
import { apply } from '../../src/index.js';
import type { Format } from '../../src/model/history.js';
import type { Observation } from '../../src/model/observation.js';
import { type HistoryOptions, resolveHistoryOptions } from '../../src/options.js';
import { resolveConnection } from '../../src/postgres/connection.js';
import { openSession, type Session } from '../../src/postgres/session.js';
import { getObservation, getStatements, prepare } from '../../src/run/prepare.js';
import { createSlicer, type Slicer } from '../../src/slice/slice.js';
import { type AnyVersion, startAnyVersion } from '../support/any-version.js';
import { createRandom } from '../support/histories.js';

export interface StoryOptions {
  /** Default: plain. */
  readonly format?: Format;
  readonly prelude?: string;
  readonly searchPath?: string;
  /** Roles that the history makes: they outlive databases, so they go before each new one. */
  readonly roles?: readonly string[];
  /** Roles that nobody makes. */
  readonly missingRoles?: readonly string[];
  /** Roles that the target has, and the scratch server has not. */
  readonly targetRoles?: readonly string[];
  /** Tables that a statement makes beside others: where nobody wants them they may stay behind. */
  readonly byProducts?: readonly string[];
  /** Statements may fail where the history runs as a whole. */
  readonly tolerant?: boolean;
}

/** A small history, watched on a real PostgreSQL. */
export interface Story {
  readonly observation: Observation;
  readonly slicer: Slicer;
  /** What each statement is, by its ordinal. */
  readonly sql: readonly string[];
  /** One line a kept statement: its first words, and why. */
  getSlice(table: string, request?: { readonly alone?: boolean; readonly cut?: number }): string;
  /** The kept statements only, as the beginning of each. */
  getKept(table: string): readonly string[];
  /** Applies every table's slice, alone and not, and random sequences, and compares with the whole history. */
  expectFaithful(sequences?: number, tables?: readonly string[]): Promise<void>;
}

/** A PostgreSQL for the stories of one file. */
export interface Stage {
  readonly server: AnyVersion;
  create(files: Readonly<Record<string, string>>, options?: StoryOptions): Promise<Story>;
  /** Runs work on a database of the stage. */
  withSession<T>(database: string, work: (session: Session) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const server = await startAnyVersion();
  const folder = await mkdtemp(join(tmpdir(), 'plinth-story-'));
  let count = 0;

  const getUrl = (database: string): string => server.url.replace('/postgres?', `/${database}?`);
  const withSession: Stage['withSession'] = async (database, work) => {
    const config = await resolveConnection({ url: getUrl(database), env: {} });
    const session = await openSession(config, { applicationName: 'story', connectTimeoutMs: 10_000 });
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  };
  const run = async (database: string, ...statements: readonly string[]): Promise<void> => {
    await withSession(database, async (session) => {
      for (const statement of statements) await session.execute(statement);
    });
  };

  const create: Stage['create'] = async (files, given = {}) => {
    const dir = join(folder, String(count++));
    await writeFiles(join(dir, 'migrations'), files);
    if (given.prelude !== undefined) await writeFile(join(dir, 'prelude.sql'), given.prelude);
    const source: HistoryOptions = {
      migrations: join(dir, 'migrations'),
      format: given.format ?? 'plain',
      scratch: server.url,
      cacheDir: join(dir, 'cache'),
      ...(given.prelude === undefined ? {} : { prelude: join(dir, 'prelude.sql') }),
      ...(given.searchPath === undefined ? {} : { searchPath: given.searchPath }),
    };
    const { roles = [], missingRoles = [], targetRoles = [] } = given;
    const allRoles = [...roles, ...missingRoles, ...targetRoles];
    const clean = async (): Promise<void> => {
      await run('postgres', 'drop database if exists story with (force)');
      for (const role of allRoles) await run('postgres', `drop role if exists "${role}"`);
    };
    const begin = async (): Promise<void> => {
      await clean();
      await run('postgres', 'create database story template template0');
      for (const role of targetRoles) await run('postgres', `create role "${role}"`);
      if (given.prelude !== undefined) await run('story', given.prelude);
    };

    await clean();
    const prepared = await prepare(resolveHistoryOptions(source, {}), {});
    const observation = await getObservation(prepared);
    await clean();
    const sql = getStatements(prepared, observation).map((statement) => statement.sql);
    const slicer = createSlicer(observation);
    const target = { ...source, url: getUrl('story'), missingRoles: 'create', timeout: '60s' } as const;

    const runWhole = (): Promise<void> =>
      withSession('story', async (session) => {
        for (const role of missingRoles) await session.execute(`create role "${role}"`);
        const path = given.searchPath === undefined ? '' : `; set search_path = ${given.searchPath}`;
        for (const { ordinal, text } of prepared.history.migrations) {
          await session.execute(`reset session authorization; reset all; discard temp${path}`);
          const own = observation.statements.flatMap((s, at) => (s.migration === ordinal ? [at] : []));
          const isOne = !own.some((at) => observation.statements[at]!.effect.outside === true);
          if (isOne && given.tolerant !== true) await session.execute(text);
          else {
            for (const at of own) {
              const outcome = session.execute(sql[at]!);
              await (given.tolerant === true ? outcome.catch(() => undefined) : outcome);
            }
          }
        }
      });

    const getLines = (table: string, alone: boolean): readonly (readonly [string, string])[] => {
      const { kept } = slicer.getSlice({ tables: [table], alone, declared: [] });
      return [...kept].map(([ordinal, { why, chain }]) => {
        const words = sql[ordinal]!.replace(/\s+/g, ' ');
        return [words, [...(why === 'wanted' ? [] : [`(${why})`]), ...chain].join(' ← ')];
      });
    };

    const apart = async (requests: readonly string[], alone: boolean, whole: Picture) => {
      await begin();
      try {
        for (const table of requests) await apply({ ...target, tables: [table], alone });
      } catch (error) {
        return [(error as Error).message];
      }
      const differences = getDifferences(await withSession('story', readPicture), whole, requests);
      const beside = (given.byProducts ?? []).filter((table) => !requests.includes(table));
      return differences.filter((line) => !beside.some((table) => line.split(' ').includes(table)));
    };

    return {
      observation,
      slicer,
      sql,
      getSlice: (table, { alone = false, cut = 60 } = {}) =>
        getLines(table, alone)
          .map(([words, why]) => `${words.length > cut ? `${words.slice(0, cut)}…` : words}  | ${why}`)
          .join('\n'),
      getKept: (table) => getLines(table, false).map(([words]) => words),
      expectFaithful: async (sequences = 3, tables = undefined) => {
        await begin();
        await runWhole();
        const whole = await withSession('story', readPicture);
        if (given.tolerant !== true) {
          await begin();
          await apply(target);
          const applied = await withSession('story', readPicture);
          expect(getDifferences(applied, whole, [])).toEqual([]);
          expect(getDifferences(whole, applied, [])).toEqual([]);
        }
        const names = tables ?? observation.tables.map(({ schema, name }) => `${schema}.${name}`);
        const wrong: string[] = [];
        const tell = (what: string, differences: readonly string[]): void => {
          if (differences.length > 0) wrong.push(`${what}: ${differences.join('; ')}`);
        };
        for (const name of names) {
          tell(`${name} alone`, await apart([name], true, whole));
          tell(name, await apart([name], false, whole));
        }
        const random = createRandom(names.length);
        for (let round = 0; names.length > 1 && round < sequences; round += 1) {
          const left = [...names];
          const order = Array.from({ length: names.length }, () => left.splice(random(left.length), 1)[0]!);
          tell(order.join(' > '), await apart(order.slice(0, 4), false, whole));
        }
        await clean();
        expect(wrong).toEqual([]);
      },
    };
  };

  return {
    server,
    create,
    withSession,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
