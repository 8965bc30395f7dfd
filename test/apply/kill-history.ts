import type { MigrationInput } from '../support/plans.js';

/** One migration that sleeps on the server. */
export const SLEEPING: readonly MigrationInput[] = [
  { name: 's.sql', steps: ['create table s (id int)', 'select pg_sleep(60)'] },
];

/** Thirty migrations of a few milliseconds each, some with what runs outside of a transaction. */
export function createKillHistory(): readonly MigrationInput[] {
  return Array.from({ length: 30 }, (_, n) => {
    const table = `create table t${n} (id int primary key, note text)`;
    const fill = `insert into t${n} select i, 'x' from generate_series(1, 500) i`;
    const pause = 'select pg_sleep(0.01)';
    const index = {
      sql: `create index concurrently t${n}_note on t${n} (note)`,
      kind: 'IndexStmt',
      outside: true,
      concurrently: { start: 13, end: 25, does: 'create', table: `t${n}`, index: `t${n}_note` },
    } as const;
    const steps = n % 5 === 4 ? [table, fill, pause] : [table, pause, fill];
    if (n % 5 !== 0 || n === 0) return { name: `${n}.sql`, steps };
    // On a table with rows, made by the migration before.
    const before = n - 1;
    const sql = `create index concurrently u${n} on t${before} (note)`;
    const build = {
      ...index,
      sql,
      concurrently: { ...index.concurrently, table: `t${before}`, index: `u${n}` },
    };
    return { name: `${n}.sql`, steps: [...steps, build, `alter table t${before} add more int`] };
  });
}
