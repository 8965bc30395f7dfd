import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const bin = (name: string): string => join(root, 'node_modules/.bin', name);
const run = promisify(execFile);

let folder: string;
let tarball: string;
let consumer: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-test-'));
  await chmod(folder, 0o755);
  await run(process.execPath, ['scripts/build.mjs', '--if-needed'], { cwd: root });
  // Without scripts: a build would take dist away from other tests.
  const packed = await npm(root, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
  tarball = join(folder, JSON.parse(packed)[0].filename);
  consumer = join(folder, 'consumer');
  await mkdir(consumer);
  await writeFile(join(consumer, 'package.json'), '{"type": "module"}');
  await npm(consumer, 'install', '--ignore-scripts', '--prefer-offline', tarball);
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const shell = process.platform === 'win32';
  return (await run('npm', [...args, '--no-audit', '--no-fund'], { cwd, shell })).stdout;
}

async function runScript(name: string, text: string): Promise<string> {
  await writeFile(join(consumer, name), text);
  // The copy of PostgreSQL's programs that root may need goes into the folder, too.
  const env = { ...process.env, TMPDIR: folder };
  return (await run(process.execPath, [name], { cwd: consumer, env })).stdout.trim();
}

/** Tables that a slice of the bundled history would create. */
async function readCreated(name: string): Promise<string[]> {
  const said = await runScript(
    name,
    `import { plan } from 'plinth';
     import { kubernautMigrations } from 'plinth/kubernaut';
     const options = { tables: ['audit_events'], cacheDir: false, lockFile: false };
     const { creates } = await plan({ migrations: kubernautMigrations, ...options });
     console.log(JSON.stringify(creates));`,
  );
  return JSON.parse(said);
}

describe('the packed tarball', () => {
  test('is right for publint', async () => {
    const { stdout } = await run(bin('publint'), [tarball, '--strict']);
    expect(stdout).toContain('All good!');
  });

  test('has types that every resolution of ES modules finds', async () => {
    await run(bin('attw'), [tarball, '--profile', 'esm-only']);
  });

  test('holds what is shipped, and no sources or tests', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball]);
    const files = stdout.trim().split('\n');
    for (const file of [
      'dist/cli.cjs',
      'dist/kubernaut/migrations/003_audit_events.sql',
      'plinth.schema.json',
      'LICENSE',
      'README.md',
    ]) {
      expect(files).toContain(`package/${file}`);
    }
    expect(files.filter((file) => /^package\/(src|test|scripts|\.ci)\//.test(file))).toEqual([]);
  });
});

describe('the installed package', () => {
  test.each(['plinth', 'kubectl-plinth'])('%s --version tells the version', async (name) => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const { stdout } = await run(join(consumer, 'node_modules/.bin', name), ['--version']);
    expect(stdout).toBe(`${version}\n`);
  });

  test('prints a manifest, and nothing besides', async () => {
    const words = 'manifest job -t audit_events --namespace a --image a:1 --password-secret a/b -m'.split(
      ' ',
    );
    const folder = join(consumer, 'node_modules/plinth/dist/kubernaut/migrations');
    const { stdout, stderr } = await run(join(consumer, 'node_modules/.bin/plinth'), [...words, folder]);
    expect(stdout).toContain('kind: Job');
    expect(stderr).toBe('');
  });

  test('reads what it keeps, with the modules of Node that the bundle loads late', async () => {
    const env = { ...process.env, PLINTH_CACHE_DIR: join(folder, 'kept') };
    const program = join(consumer, 'node_modules/plinth/dist/cli.cjs');
    const { stdout } = await run(process.execPath, [program, 'cache'], { cwd: consumer, env });
    expect(stdout).toContain('0 observations');
  });

  test('is imported without being told to, and says nothing', async () => {
    const said = await runScript(
      'import.js',
      `import * as plinth from 'plinth';
       import { kubernautMigrations } from 'plinth/kubernaut';
       import { createTestDatabase } from 'plinth/testing';
       import { readdirSync } from 'node:fs';
       const error = await plinth.plan({ migrations: 'nowhere', cacheDir: false }).catch((error) => error);
       console.log(JSON.stringify([plinth.isPlinthError(error), error.code, readdirSync(kubernautMigrations).length > 3, typeof createTestDatabase]));`,
    );
    expect(JSON.parse(said)).toEqual([true, 'FOLDER_NOT_FOUND', true, 'function']);
  });

  // Install scripts may be off: the links of the shared libraries are ours to make.
  test('watches a history on its own PostgreSQL, although no install script ran', async () => {
    expect(await readCreated('tables.js')).toContain('public.audit_events');
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^plinth-postgres-/));
  });

  test.runIf(process.getuid?.() === 0)(
    'does so below a folder that only root may enter, in two processes at once',
    async () => {
      await chmod(consumer, 0o700);
      const created = await Promise.all(['one.js', 'two.js'].map(readCreated));
      for (const tables of created) expect(tables).toContain('public.audit_events');
      expect(
        (await readdir(folder)).filter((name) => name.startsWith('plinth-') && !name.endsWith('.tgz')),
      ).toEqual([expect.stringMatching(/^plinth-postgres-/)]);
    },
  );

  test('has declarations that a strict compiler takes without @types of our dependencies', async () => {
    await writeFile(
      join(consumer, 'use.ts'),
      `import { apply, type ApplyOptions, createManifest, type ManifestOptions, PlinthError } from 'plinth';
       import { kubernautMigrations } from 'plinth/kubernaut';
       import { createTestDatabase, type TestDatabase } from 'plinth/testing';
       export const test = (): Promise<TestDatabase> => createTestDatabase({ migrations: 'm', isolation: 'schema' });
       const options: ApplyOptions = { migrations: kubernautMigrations, tables: ['audit_events'], url: '' };
       export const run = (): Promise<unknown> => apply(options);
       export const print = async (options: ManifestOptions): Promise<string> => (await createManifest('job', options)).yaml;
       export const code = (error: PlinthError): string => error.code;`,
    );
    const types = join(root, 'node_modules/@types');
    const flags = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--skipLibCheck',
      'false',
    ];
    const { stdout } = await run(
      process.execPath,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        ...flags,
        '--typeRoots',
        types,
        '--types',
        'node',
        'use.ts',
      ],
      { cwd: consumer },
    ).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  });
});

test('the lock file names the optional packages of every platform, without which npm ci refuses', async () => {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.values(packages)
    .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
    .filter((name) => packages[`node_modules/${name}`] === undefined);
  expect(missing).toEqual([]);
});
