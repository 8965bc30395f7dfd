import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkHistory } from '../../scripts/generated/check.js';
import { type Databases, openDatabases } from '../../scripts/generated/database.js';
import { getOperations } from '../../scripts/generated/seeds.js';
import { type EmbeddedServer, startEmbedded } from '../../src/embedded/server.js';
import { runPool } from '../../src/prove/pool.js';

let server: EmbeddedServer;
let databases: Databases;
beforeAll(async () => {
  server = await startEmbedded({});
  databases = await openDatabases(server.url);
});
afterAll(async () => {
  await databases?.close();
  await server?.stop();
});

const RUNS = 50;
const OPERATIONS = 20;

// `npm run histories:generated` makes more of them, and larger ones; what fails there is printed as small as it gets.
describe('any history', () => {
  it('is faithful table by table, free of the order of requests, and done when it is done', async () => {
    let statements = 0;
    const seeds = Array.from({ length: RUNS }, (_, at) => at + 1);
    await runPool(seeds, 2, undefined, async (seed) => {
      const checked = await checkHistory(databases, getOperations(seed, OPERATIONS), {
        sequences: 1,
        tables: 2,
      });
      statements += checked.built.statements;
      expect(checked.wrong, `seed ${seed}: ${JSON.stringify(checked.built.files)}`).toEqual([]);
    });
    // The histories are no empty ones.
    expect(statements).toBeGreaterThan(RUNS * 8);
  }, 900_000);
});
