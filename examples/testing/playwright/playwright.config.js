import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  globalSetup: './setup.js',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  outputDir: 'node_modules/.results',
});
