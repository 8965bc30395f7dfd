import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from './helpers/run.js';

const root = new URL('../..', import.meta.url).pathname;
let dir: string;

// The program as it is bundled, with the stub in place of the library.
beforeAll(async () => {
  dir = await mkdtemp(join(root, 'node_modules', '.plinth-cli-'));
  await build({
    entryPoints: { cli: join(root, 'src/cli/main.ts') },
    outdir: dir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
    define: { __PLINTH_VERSION__: '"9.8.7"' },
    plugins: [
      {
        name: 'stub',
        setup: ({ onResolve }) => {
          onResolve({ filter: /\/run\.js$/ }, () => ({ path: join(root, 'test/cli/helpers/run-stub.ts') }));
        },
      },
    ],
  });
  await writeFile(join(dir, 'package.json'), '{"type":"module"}');
  await symlink(join(dir, 'cli.js'), join(dir, 'kubectl-plinth'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function start(argv: readonly string[], script = 'cli.js'): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [join(dir, script), ...argv], { env: { PATH: process.env['PATH'] } });
}

async function finish(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code: code ?? (signal === null ? -1 : -2), stdout, stderr };
}

describe('the process', () => {
  test('prints its version', async () => {
    expect(await finish(start(['--version']))).toEqual({ code: 0, stdout: '9.8.7\n', stderr: '' });
  });

  test('is kubectl plinth under that name', async () => {
    const { stdout } = await finish(start(['--help'], 'kubectl-plinth'));
    expect(stdout).toContain('Usage: kubectl plinth');
  });

  test('ends with the exit code of the error', async () => {
    expect((await finish(start(['apply', '-t', 'fails']))).code).toBe(5);
    expect((await finish(start(['nothing']))).code).toBe(2);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s stops the run and tells what is committed',
    async (signal) => {
      const child = start(['apply', '-t', 'waits']);
      child.stderr.once('data', () => child.kill(signal));
      const { code, stderr } = await finish(child);
      expect(code).toBe(130);
      expect(stderr).toContain('ABORTED');
    },
  );

  test('a second Ctrl-C ends a run that does not stop', async () => {
    const child = start(['apply', '-t', 'stubborn']);
    child.stderr.on('data', () => child.kill('SIGINT'));
    expect((await finish(child)).code).toBe(130);
  });

  test('a reader that leaves early does not harm the run', async () => {
    const child = start(['apply', '--json', '-t', 'long']);
    child.stdout.once('data', () => child.stdout.destroy());
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const [code] = (await once(child, 'exit')) as [number];
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
