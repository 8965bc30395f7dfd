import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';

const ROOT = join(import.meta.dirname, '../..');

const hasPytest = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import pytest'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('The pytest fixture is not tested: python3 -m pip install pytest.');
    return false;
  }
})();

describe.skipIf(!hasPytest)('the pytest fixture', () => {
  let server: RunServer;
  beforeAll(async () => {
    server = await startRunServer();
  });
  afterAll(() => server?.stop());

  test('brings the tables of a suite, and raises what the program says', async () => {
    const folder = await server.createFolder({ '001.sql': renderGoose('CREATE TABLE orders (id int);') });
    const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', join(ROOT, 'examples/pytest')];
    const { stdout } = await promisify(execFile)('python3', args, {
      cwd: server.dir,
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: '1',
        PLINTH_BIN: `${process.execPath} ${join(ROOT, 'dist/cli.cjs')}`,
        PLINTH_CACHE_DIR: server.cacheDir,
        DATABASE_URL: await server.createDatabase(),
        MIGRATIONS: folder,
      },
    }).catch((error: { stdout: string }) => {
      throw new Error(error.stdout);
    });
    expect(stdout).toContain('2 passed');
  });
});
