import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { globalSetup: './setup.js', include: ['*.test.js'], testTimeout: 60_000 } });
