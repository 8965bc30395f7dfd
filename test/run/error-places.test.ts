import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSystemBinaries, startSystemServer } from '../../scripts/histories/system-server.js';
import { apply, isPlinthError, type PlinthError, type RunEvent } from '../../src/index.js';
import type { SourcePlace } from '../../src/model/finding.js';
import { resolveHistoryOptions } from '../../src/options.js';
import { renderErrorText } from '../../src/report/error-text.js';
import { createSpotPlace } from '../../src/run/failure-places.js';
import { getObservation, prepare } from '../../src/run/prepare.js';
import { type RunServer, startRunServer } from '../support/run-database.js';
import { BUILDS, RAISES, STORIES } from './error-stories.js';

let server: RunServer;
beforeAll(async () => {
  server = await startRunServer();
});
afterAll(() => server?.stop());

interface Expected {
  readonly files: Readonly<Record<string, string>>;
  readonly places: readonly string[];
}

/** Takes the marks out of the files, and tells which places they stand for. */
function readMarks(texts: readonly string[]): Expected {
  const places: string[] = [];
  const files = texts.map((text, at) => {
    for (let mark = /‹(\d)›/.exec(text); mark !== null; mark = /‹(\d)›/.exec(text)) {
      const before = text.slice(0, mark.index);
      const lines = before.split('\n');
      places[Number(mark[1]) - 1] = `${at + 1}.sql:${lines.length}:${[...lines.at(-1)!].length + 1}`;
      text = before + text.slice(mark.index + mark[0].length);
    }
    return [`${at + 1}.sql`, text] as const;
  });
  return { files: Object.fromEntries(files), places };
}

const render = ({ file, line, column }: SourcePlace): string => `${file}:${line}:${column}`;

async function getFailure(url: string, migrations: string): Promise<PlinthError> {
  try {
    await apply({ migrations, format: 'plain', url, cacheDir: false });
  } catch (error) {
    if (isPlinthError(error)) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

const systemBinaries = findSystemBinaries();
const SERVERS = ['embedded', ...(systemBinaries === null ? [] : ['system'])] as const;

describe.each(SERVERS)('on the %s server, an error points into the file', (kind) => {
  let getUrl: () => Promise<string>;
  let stop = (): void => {};
  beforeAll(() => {
    if (kind === 'embedded') {
      getUrl = () => server.createDatabase();
      return;
    }
    const system = startSystemServer(systemBinaries!);
    stop = system.stop;
    let count = 0;
    getUrl = async () => {
      count += 1;
      await system.runPsql('postgres', ['-c', `create database d${count}`]);
      return system.getUrl(`d${count}`);
    };
  });
  afterAll(() => stop());

  test.each(STORIES)('%s', async (_, texts, within) => {
    const { files, places } = readMarks(texts);
    const migrations = await server.createFolder(files);
    const error = await getFailure(await getUrl(), migrations);
    expect(error.code, error.message).toBe('MIGRATION_FAILED');
    expect([error.place!, ...error.calls].map(render), error.message).toEqual(places);
    expect(error.place?.within).toBe(within);
    expect(error.place!.excerpt.find(([line]) => line === error.place!.line)?.[1]).not.toBe(undefined);
  });

  test.each(STORIES)('when it is watched: %s', async (_, texts, within) => {
    const { files, places } = readMarks(texts);
    const migrations = await server.createFolder(files);
    const options = resolveHistoryOptions(
      { migrations, format: 'plain', cacheDir: false, scratch: await getUrl() },
      {},
    );
    const prepared = await prepare(options, {});
    const { statements } = await getObservation(prepared);
    const failed = statements.findIndex(({ effect }) => effect.failed !== undefined);
    const found = (statements[failed]!.effect.failed!.at ?? [[failed, 0, null] as const]).map(
      ([at, offset, inside]) =>
        createSpotPlace(prepared.history.migrations[statements[at]!.migration]!, statements[at]!, {
          offset,
          within: inside,
        }),
    );
    expect(found.map(render)).toEqual(places);
    expect(found[0]!.within).toBe(within);
  });
});

test('SQL that a function put together is shown, without passwords', async () => {
  const { files } = readMarks([BUILDS.replace('ADD nope', "ADD nope; CREATE ROLE r PASSWORD ''hush''")]);
  const error = await getFailure(await server.createDatabase(), await server.createFolder(files));
  const text = renderErrorText(error);
  expect(text).toContain('in SQL that was put together:');
  expect(text).toContain('ALTER TABLE "é😀" ADD COLUMN é int, ADD nope;');
  expect(text).toContain('at 1.sql:3:3, in DO block');
  expect(text + JSON.stringify(error)).not.toContain("'hush'");
});

test('placeholders do not shift the place', async () => {
  const schema = '$'.concat('{a_long_name}');
  const migrations = await server.createFolder({
    'V1__a.sql': `CREATE TABLE ${schema}.t (a int);\nSELECT * FROM ${schema}.t, nope;`,
    'flyway.conf': '',
  });
  const url = await server.createDatabase();
  const options = {
    migrations,
    format: 'flyway',
    url,
    cacheDir: false,
    set: { a_long_name: 'public' },
  } as const;
  await expect(apply(options)).rejects.toMatchObject({ place: { file: 'V1__a.sql', line: 2, column: 33 } });
});

test('the prelude is pointed into, too, in the target and on the scratch server', async () => {
  const { files, places } = readMarks([
    'CREATE SCHEMA s;\nDO $$\nBEGIN\n  CREATE TABLE s.t (a ‹1›nope);\nEND $$;',
  ]);
  const folder = await server.createFolder({ ...files, '2.sql': 'create table b (a int);' });
  const prelude = `${folder}/1.sql`;
  const options = {
    migrations: `${folder}/2.sql`,
    prelude,
    cacheDir: false,
    url: await server.createDatabase(),
  } as const;
  const shift = (place: string): string => place.replace('1.sql', prelude);
  const scratch = await server.createDatabase();
  for (const call of [
    () => apply({ ...options, withPrelude: true }),
    () => apply({ ...options, tables: ['b'], scratch }),
  ]) {
    const error = (await call().catch((thrown: unknown) => thrown)) as PlinthError;
    expect(['MIGRATION_FAILED', 'OBSERVATION_FAILED']).toContain(error.code);
    expect(render(error.place!)).toBe(shift(places[0]!));
  }
});

test('what could not be observed is told with its place, and names it in the error of its table', async () => {
  const { files, places } = readMarks([
    RAISES,
    "DO $$\nBEGIN\n  ‹2›PERFORM checked(1, '{}');\nEND $$;\nCREATE TABLE t (a nope);\nCREATE TABLE b (a int);",
  ]);
  const migrations = await server.createFolder(files);
  const events: RunEvent[] = [];
  const options = {
    migrations,
    format: 'plain',
    cacheDir: false,
    url: await server.createDatabase(),
  } as const;
  await expect(
    apply({ ...options, tables: ['t'] }, { onEvent: (event) => void events.push(event) }),
  ).rejects.toMatchObject({
    code: 'TABLE_NOT_OBSERVED',
    place: { file: '2.sql', line: 5, column: 19 },
  });
  expect(events).toContainEqual(
    expect.objectContaining({
      finding: expect.objectContaining({
        code: 'OBSERVATION_INCOMPLETE',
        args: expect.objectContaining({
          failed: 2,
          place: '2.sql:1',
          at: `${places[0]}, in function checked(integer, text[])`,
        }),
      }),
    }),
  );
});
