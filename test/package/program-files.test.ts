import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBuilt, readLoaded } from '../support/built-program.js';
import { type RunServer, SHOP, startRunServer } from '../support/run-database.js';

let server: RunServer;
beforeAll(async () => {
  server = await startRunServer();
  await ensureBuilt();
});
afterAll(() => server?.stop());

test('one file of the program is enough where nothing is to be done, and two where something is', async () => {
  const argv = ['apply', '--migrations', SHOP, '--url', await server.createDatabase()];
  expect((await readLoaded(argv)).loaded).toEqual(['apply.cjs', 'main.cjs']);
  const again = await readLoaded(argv);
  expect(again.stdout).toContain('Nothing to do');
  expect(again.loaded).toEqual(['main.cjs']);
});
