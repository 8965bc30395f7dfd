import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getEmbeddedStatus } from '../../src/embedded/server.js';

const root = join(import.meta.dirname, '../..');
const examples = join(root, 'examples/testing');
const hasJest = existsSync(join(examples, 'jest/node_modules/jest'));
if (!hasJest) console.log('The Jest example is not tested: npm install --prefix examples/testing/jest');

/** Runner, its command, its tests, and whether it tells when a test failed. */
const RUNNERS = [
  ['vitest', [join(root, 'node_modules/vitest/vitest.mjs'), 'run'], 'orders.test.js', true],
  ['playwright', [join(root, 'node_modules/@playwright/test/cli.js'), 'test'], 'orders.spec.js', true],
  ['node-test', ['run.js'], 'orders.test.js', true],
  ['jest', ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js'], 'orders.test.js', false],
] as const;

let dir: string;
beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['scripts/build.mjs', '--if-needed'], { cwd: root });
  dir = await mkdtemp(join(tmpdir(), 'plinth-runners-'));
  // The server runs as another user where the tests run as root.
  await chmod(dir, 0o755);
  await mkdir(join(examples, 'node_modules'), { recursive: true });
  await symlink('../../..', join(examples, 'node_modules/plinth')).catch(() => {});
}, 300_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly said: string;
}

/** The servers of the projects that are still running. */
async function readRunning(): Promise<readonly string[]> {
  const folders = (await readdir(dir)).filter((name) => name.startsWith('plinth-tests-'));
  const states = folders.map(async (name) => (await getEmbeddedStatus(join(dir, name))).state);
  expect(folders.length).toBeGreaterThan(0);
  return (await Promise.all(states)).filter((state) => state === 'running');
}

/** Runs a project as its user would; each has a server of its own, in the folder for temporary files. */
function run(cwd: string, args: readonly string[]): Promise<Ended> {
  const { NODE_OPTIONS: _, VITEST: _vitest, NODE_TEST_CONTEXT: _node, ...rest } = process.env;
  const env = { ...rest, TMPDIR: dir, PLINTH_CACHE_DIR: join(dir, 'cache'), FORCE_COLOR: '0', CI: 'true' };
  return new Promise((resolve) => {
    execFile(process.execPath, [...args], { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), said: stdout + stderr }),
    );
  });
}

describe.each(RUNNERS)('the project for %s', (name, args, file, tells) => {
  const isThere = name !== 'jest' || hasJest;

  test.runIf(isThere)(
    'passes as it is',
    async () => {
      const { code, said } = await run(join(examples, name), args);
      expect(said).toMatch(/Grace's order is the first one|1 passed|2 passed/);
      expect(said).not.toContain('plinth:');
      expect(said).not.toContain('did not exit');
      expect(code, said).toBe(0);
      expect(await readRunning()).toEqual([]);
    },
    180_000,
  );

  // Jest tells its hooks of no failure.
  if (!tells) return;
  test.runIf(isThere)(
    'keeps the database of the test that fails, and no other',
    async () => {
      const copy = await mkdtemp(join(examples, `node_modules/.${name}-`));
      const project = join(copy, name);
      try {
        await cp(join(examples, name), project, { recursive: true });
        await cp(join(examples, 'migrations'), join(copy, 'migrations'), { recursive: true });
        const text = await readFile(join(project, file), 'utf8');
        // One of the two tests goes wrong.
        const broken = text.replace("id: '1'", "id: name === 'Ada' ? '2' : '1'");
        await writeFile(join(project, file), broken);
        const { code, said } = await run(project, args);
        expect(code, said).not.toBe(0);
        expect(said.match(/kept plinth_test_\w+; look at it with:/g), said).toHaveLength(1);
        expect(said).toMatch(/psql "host=127\.0\.0\.1 port=\d+ user=postgres dbname=plinth_test_\w+"/);
      } finally {
        await rm(copy, { recursive: true, force: true });
      }
    },
    180_000,
  );
});
