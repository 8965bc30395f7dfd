import { createHash, randomUUID } from 'node:crypto';
import { getSha256, isTextOf } from './checksums.js';
import { createRecord } from './record.js';
import { renderLiteral, renderTable } from './render.js';
import type { ToolLedger, ToolRow } from './tool.js';

/**
 * Prisma Migrate: sql_migration_persistence.rs and checksum.rs of prisma-engines. A row for each attempt: one that
 * neither finished nor was rolled back has failed.
 */
export const prismaLedger: ToolLedger = {
  tool: 'prisma',
  table: { schema: null, table: '_prisma_migrations' },
  mend: 'prisma migrate resolve says what became of it.',

  getReadSql: (table) =>
    `select migration_name as name, checksum, finished_at is not null as finished,
  rolled_back_at is not null as rolled_back from ${table} order by started_at, id`,

  getRecord(history, rows) {
    const standing = rows.filter((row) => row['rolled_back'] !== true);
    const finished = new Map(
      standing.filter((row) => row['finished'] === true).map((row) => [String(row['name']), row]),
    );
    return createRecord(
      history,
      [...finished].map(([id, row]) => ({ id, isSame: ({ text }) => isSameScript(row, text) })),
      {
        unfinished: standing
          .filter((row) => row['finished'] !== true && !finished.has(String(row['name'])))
          .map((row) => String(row['name'])),
      },
    );
  },

  getCreateSql: (table) => [
    `create table ${renderTable(table)} (
  id varchar(36) primary key not null,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0
)`,
  ],

  getInsertSql: (table, { id, text }) => [
    `insert into ${renderTable(table)} (id, checksum, started_at, finished_at, migration_name, applied_steps_count)
values ('${randomUUID()}', '${getSha256(text)}', pg_catalog.now(), pg_catalog.clock_timestamp(), ${renderLiteral(id)}, 1)`,
  ],
};

function isSameScript(row: ToolRow, text: string): boolean {
  const checksum = String(row['checksum']);
  return isTextOf(checksum, text, checksum.length === 64 ? getSha256 : getUnpadded);
}

// Old versions left the zeros out (prisma-engines issue 1887).
function getUnpadded(text: string): string {
  return [...createHash('sha256').update(text).digest()].map((byte) => byte.toString(16)).join('');
}
