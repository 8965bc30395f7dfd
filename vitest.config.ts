import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'examples/remediation-orchestrator/test/**/*.test.ts'],
    globalSetup: ['test/support/cluster-setup.ts'],
    // Real servers: two cores are soon busy.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The usual second is short where both cores are busy; a condition that holds ends the wait.
    expect: { poll: { timeout: 20_000 } },
  },
});
