import type { LedgerTool } from '../../src/model/tool-ledger.js';

/** A history of three migrations and a fourth, whichever tool's folder it is. */
export const TOOL_SQL = [
  'CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);\nCREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers);',
  "ALTER TABLE orders ADD COLUMN state text DEFAULT 'open';\nCREATE INDEX orders_state ON orders (state);",
  'CREATE TABLE invoices (id bigint PRIMARY KEY, note text);',
  'ALTER TABLE customers ADD COLUMN mail text;',
] as const;

/** 14 digits, in the order of the migrations. */
const getStamp = (at: number): string => `2024010203040${at + 1}`;

type Files = Readonly<Record<string, string>>;

/** How a tool's folder holds one migration: its files. */
const LAYOUTS: Readonly<Record<LedgerTool, (sql: string, at: number) => Files>> = {
  goose: (sql, at) => ({ [`0000${at + 1}_step.sql`]: `-- +goose Up\n${sql}\n-- +goose Down\nSELECT 1;\n` }),
  'golang-migrate': (sql, at) => ({
    [`00000${at + 1}_step.up.sql`]: `${sql}\n`,
    [`00000${at + 1}_step.down.sql`]: 'SELECT 1;\n',
  }),
  flyway: (sql, at) => ({ [`V00${at + 1}__a_step.sql`]: `${sql}\n` }),
  prisma: (sql, at) => ({ [`${getStamp(at)}_step/migration.sql`]: `${sql}\n` }),
  dbmate: (sql, at) => ({ [`${getStamp(at)}_step.sql`]: `-- migrate:up\n${sql}\n\n-- migrate:down\n` }),
  sqlx: (sql, at) => ({
    [`${getStamp(at)}_a_step.up.sql`]: `${sql}\n`,
    [`${getStamp(at)}_a_step.down.sql`]: 'SELECT 1;\n',
  }),
  drizzle: (sql, at) => ({ [`000${at}_step.sql`]: sql.replaceAll(';\n', ';\n--> statement-breakpoint\n') }),
  diesel: (sql, at) => ({
    [`2024-01-02-03040${at + 1}_step/up.sql`]: `${sql}\n`,
    [`2024-01-02-03040${at + 1}_step/down.sql`]: 'SELECT 1;\n',
  }),
  'node-pg-migrate': (sql, at) => ({
    [`170000000000${at}_step.sql`]: `-- Up Migration\n${sql}\n-- Down Migration\nSELECT 1;\n`,
  }),
};

/** A tool's folder with the first `count` of the migrations, the others beside what `sql` has in their place. */
export function createToolFiles(tool: LedgerTool, count: number, sql: readonly string[] = TOOL_SQL): Files {
  const files = Object.assign({}, ...sql.slice(0, count).map((text, at) => LAYOUTS[tool](text, at)));
  if (tool === 'prisma') files['migration_lock.toml'] = 'provider = "postgresql"\n';
  if (tool === 'drizzle') {
    const entries = sql.slice(0, count).map((_, at) => ({
      idx: at,
      version: '7',
      when: 1_700_000_000_000 + at * 1000,
      tag: `000${at}_step`,
      breakpoints: true,
    }));
    files['meta/_journal.json'] = JSON.stringify({ version: '7', dialect: 'postgresql', entries });
  }
  return files;
}
