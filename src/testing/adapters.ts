import type { TestingOptions } from '../options.js';
import type { TestDatabase } from './test-database.js';
import { createTestDatabase } from './testing.js';

// Runners read of a fixture's text which fixtures it needs: the first parameter must be a pattern.

/** As much of Vitest's context as is needed. */
export interface VitestContext {
  readonly task: { readonly result?: { readonly state?: string } | undefined };
}

type Use = (database: TestDatabase) => Promise<void>;

/** A fixture for Vitest: `test.extend({ db: createVitestFixture(options) })`. */
export function createVitestFixture(
  options: TestingOptions,
): (context: VitestContext, use: Use) => Promise<void> {
  return async ({ task }, use) => {
    const database = await createTestDatabase(options);
    try {
      await use(database);
    } finally {
      await database.dispose({ failed: task.result?.state === 'fail' });
    }
  };
}

/** As much of Playwright's TestInfo as is needed. */
export interface PlaywrightTestInfo {
  readonly status?: string | undefined;
  readonly expectedStatus: string;
}

/** A fixture for Playwright Test: `test.extend({ db: createPlaywrightFixture(options) })`. */
export function createPlaywrightFixture(
  options: TestingOptions,
): (fixtures: object, use: Use, info: PlaywrightTestInfo) => Promise<void> {
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for one.
  return async ({}, use, info) => {
    const database = await createTestDatabase(options);
    try {
      await use(database);
    } finally {
      await database.dispose({ failed: info.status !== info.expectedStatus });
    }
  };
}

/** As much of node:test's context as is needed; `passed` is told by Node.js from 20.12 on. */
export interface NodeTestContext {
  readonly passed?: boolean;
  after(work: () => Promise<void>): void;
}

/** A database for a test of node:test, disposed of after it. */
export async function createDatabaseFor(
  context: NodeTestContext,
  options: TestingOptions,
): Promise<TestDatabase> {
  const database = await createTestDatabase(options);
  context.after(() => database.dispose({ failed: context.passed === false }));
  return database;
}
