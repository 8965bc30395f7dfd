import type { BenchHistory } from './generate.js';

/** The key of the advisory lock that the first migration waits for; the bench has it until all others wait. */
export const GATE = 4242;

/** One migration that ends when the bench lets it, and one for each of the others. */
export function createHandOverHistory(tables: number): BenchHistory {
  const first = `CREATE TABLE hand_0 AS SELECT 1 AS id, pg_advisory_xact_lock(${GATE})::text AS gate;`;
  const others = Array.from({ length: tables - 1 }, (_, at) => [
    `CREATE TABLE hand_${at + 1} (id bigint PRIMARY KEY);`,
  ]);
  return {
    name: 'hand-over',
    migrations: [[first], ...others],
    table: 'hand_0',
    tables,
    statements: tables,
    isPartitioned: false,
    about: '',
  };
}
