import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, createBundle, root } from './helpers/bundle.js';
import type { Outcome } from './helpers/run.js';

let bundle: Bundle;

// The program as it is bundled, with the stub in place of the library.
beforeAll(async () => {
  const stub: Plugin = {
    name: 'stub',
    setup: ({ onResolve }) => {
      onResolve({ filter: /\/run\.js$/ }, () => ({ path: join(root, 'test/cli/helpers/run-stub.ts') }));
    },
  };
  bundle = await createBundle({ cli: 'src/cli/main.ts' }, [stub]);
  await symlink(join(bundle.dir, 'cli.js'), join(bundle.dir, 'kubectl-plinth'));
});
afterAll(() => bundle.remove());

function start(argv: readonly string[], script = 'cli.js'): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [join(bundle.dir, script), ...argv], { env: { PATH: process.env['PATH'] } });
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
