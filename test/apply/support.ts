import { isPlinthError, type PlinthError } from '../../src/errors.js';
import type { ConnectionConfig } from '../../src/postgres/config.js';
import type { TestServer } from '../support/server.js';

/** The error that a promise ends with; any other outcome fails the test. */
export async function getError(promise: Promise<unknown>): Promise<PlinthError> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (!isPlinthError(error)) throw error;
  return error;
}

/** One query in a session of its own. */
export async function query(
  server: TestServer,
  config: ConnectionConfig,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const session = await server.open(config);
  try {
    return await session.query(sql);
  } finally {
    await session.close();
  }
}
