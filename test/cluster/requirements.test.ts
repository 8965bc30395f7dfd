import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { getObstacles, type Machine } from '../../scripts/cluster/own/requirements.js';
import { finish } from '../support/cli-process.js';

const machine: Machine = {
  platform: 'linux',
  arch: 'x64',
  isRoot: true,
  go: 'go version go1.26.1 linux/amd64',
};

test('all that keeps a node from running is told at once', () => {
  expect(getObstacles(false, { platform: 'darwin', arch: 'ppc64', isRoot: false, go: null })).toEqual([
    'this is darwin, not Linux',
    'ppc64 is neither x64 nor arm64',
    'there is no Go (1.24 or newer) to build Kubernetes',
  ]);
  expect(getObstacles(true, { ...machine, isRoot: false, go: null })).toEqual(['this is not root']);
  expect(getObstacles(false, { ...machine, isRoot: false, go: 'go version go1.19.8 linux/amd64' })).toEqual([
    'this is not root',
    'go1.19 is too old to build Kubernetes, which takes Go 1.24',
  ]);
});

test('where none can be made, one message says what is missing and what else to do, and nothing is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-no-go-'));
  try {
    // No Go on this path.
    const env = { PATH: folder, HOME: folder, PLINTH_CLUSTER_DIR: join(folder, 'cluster') };
    const args = ['scripts/run-ts.mjs', 'scripts/cluster/main.ts', 'up', '--own'];
    const { code, stdout, stderr } = await finish(spawn(process.execPath, args, { env }));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^No cluster can be made here: .*there is no Go \(1\.24 or newer\) to build Kubernetes\.\n/m,
    );
    expect(stderr).toContain('KUBECONFIG=… npm run cluster:up -- --use-kubeconfig');
    for (const name of ['bin', 'kubeconfig', 'cluster.json'])
      expect(existsSync(join(folder, 'cluster', name))).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
