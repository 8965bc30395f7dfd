import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogueFacts, Difference } from '../../src/model/fact.js';
import { readFacts } from '../../src/postgres/catalogue-facts.js';
import { withDatabase } from '../../src/postgres/config.js';
import { withGivenOwners } from '../../src/verify/compare.js';
import { getDifferences } from '../../src/verify/differences.js';
import { DEBIAN_15, startTestServer, type TestServer } from '../support/server.js';
import { DEVIATIONS, NO_DEVIATIONS } from './deviations.js';
import { EXAMPLE } from './example.js';

const SERVERS = [
  ['the embedded PostgreSQL', undefined],
  ['PostgreSQL 15 (of Debian: apt-get install postgresql-15)', DEBIAN_15],
] as const;

let expected: CatalogueFacts;

beforeAll(async () => {
  const server = await startTestServer();
  try {
    expected = await withExample(server, withGivenOwners);
  } finally {
    await server.stop();
  }
});

test('there are more than forty ways to be different', () => {
  expect(new Set(DEVIATIONS.map(({ sql }) => sql)).size).toBeGreaterThanOrEqual(40);
  expect(DEVIATIONS.every(({ told }) => told.length > 0)).toBe(true);
});

const isMissing = (bin: string | undefined): boolean => bin !== undefined && !existsSync(bin);

for (const [name, bin] of SERVERS)
  describe.skipIf(isMissing(bin))(`on ${name}`, () => {
    let server: TestServer;
    let count = 0;

    beforeAll(async () => {
      server = await startTestServer({}, bin);
      await withExample(server, () => undefined);
    });
    afterAll(() => server?.stop());

    /** The differences in a copy of the example after this was done to it. */
    async function getAfter(sql: string): Promise<readonly Difference[]> {
      count += 1;
      const name = `copy_${count}`;
      const admin = await server.open();
      await admin.execute(`create database ${name} template example`);
      await admin.close();
      const session = await server.open(withDatabase(server.config, name));
      try {
        await session.execute(`set search_path = ''; ${sql}`);
        return await getDifferences(expected, await readFacts(session, { only: expected.objects }));
      } finally {
        await session.close();
      }
    }

    test('nothing is told of a database that is right', async () => {
      expect(await getAfter('')).toEqual([]);
    });

    test.each(NO_DEVIATIONS)('nothing is told of %s', async (_title, sql) => {
      expect(await getAfter(sql)).toEqual([]);
    });

    test.each(DEVIATIONS)('$title is told', async ({ sql, told }) => {
      expect((await getAfter(sql)).map(renderDifference)).toEqual(told);
    });
  });

/** Makes the example's database, and gives its facts. */
async function withExample<T>(server: TestServer, work: (facts: CatalogueFacts) => T): Promise<T> {
  const config = await server.createDatabase('example');
  const session = await server.open(config);
  try {
    await session.execute(`create role clerk; create role visitor; ${EXAMPLE}`);
    return work(await readFacts(session, { butSchema: 'plinth' }));
  } finally {
    await session.close();
  }
}

function renderDifference({ object, kind, name, expected, found }: Difference): string {
  return `${object}: ${[kind, name].join(' ').trim()}: ${expected ?? '-'} → ${found ?? '-'}`;
}
