export type { Isolation, TestingOptions } from '../options.js';
export {
  createDatabaseFor,
  createPlaywrightFixture,
  createVitestFixture,
  type NodeTestContext,
  type PlaywrightTestInfo,
  type VitestContext,
} from './adapters.js';
export type { PgConnection } from './server.js';
export type { Swept } from './sweep.js';
export type { TestDatabase } from './test-database.js';
export {
  createTestDatabase,
  startTesting,
  stopTestServer,
  sweepTestDatabases,
  type Testing,
  withTestDatabase,
} from './testing.js';
