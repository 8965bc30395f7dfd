import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BenchResult } from '../../scripts/bench/result.js';

const run = promisify(execFile);
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-bench-test-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

// It reads what the build wrote: npm test builds first.
test('npm run bench --quick measures on the embedded PostgreSQL, writes its values, its document and its charts', async () => {
  const json = join(dir, 'result.json');
  const args = ['--only', 'start-up,nothing,whole', '--peers', 'goose', '--server', 'embedded', '--quick'];
  const script = ['scripts/run-ts.mjs', 'scripts/bench/main.ts', ...args, '--json', json, '--out', dir];
  const { stdout } = await run(process.execPath, script);
  expect(stdout).toContain('Nothing to do, by URL');
  const result = JSON.parse(await readFile(json, 'utf8')) as BenchResult;
  expect(result.environment.server).toContain('of Plinth’s package');
  const own = result.measurements.flatMap(({ entries }) => entries.filter(({ role }) => role === 'plinth'));
  expect(own.length).toBeGreaterThan(5);
  expect(own.filter(({ values }) => values.length === 0)).toEqual([]);
  expect(await readFile(join(dir, 'benchmarks.md'), 'utf8')).toContain('## What it is to reach');
  expect(await readdir(join(dir, 'benchmarks'))).toContain('whole-small.svg');
}, 300_000);
