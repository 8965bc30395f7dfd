import { createHash } from '../../../src/sources/graphile-migrate/file.js';

/** Files by their paths. */
export type Files = Readonly<Record<string, string>>;

type Migrations = readonly (readonly string[])[];

const getNumber = (at: number): string => String(at + 1).padStart(5, '0');
const getStamp = (at: number): string => String(20240101000000 + at);
const join = (statements: readonly string[]): string => statements.join('\n\n');

function each(
  migrations: Migrations,
  write: (statements: readonly string[], at: number) => readonly [path: string, text: string],
): Files {
  return Object.fromEntries(migrations.map(write));
}

// A body in dollar quotes has semicolons of its own.
const renderGoose = (statement: string): string =>
  statement.includes('$$') ? `-- +goose StatementBegin\n${statement}\n-- +goose StatementEnd` : statement;

/** The same SQL as each tool's folder has it; a migration is a transaction in every one. */
export const FOLDERS = {
  psql: (migrations) => ({
    'history.sql': migrations.map((statements) => `BEGIN;\n${join(statements)}\nCOMMIT;\n`).join('\n'),
  }),
  goose: (migrations) =>
    each(migrations, (statements, at) => [
      `${getNumber(at)}_step.sql`,
      `-- +goose Up\n${join(statements.map(renderGoose))}\n`,
    ]),
  'golang-migrate': (migrations) =>
    each(migrations, (statements, at) => [`${getNumber(at)}_step.up.sql`, `${join(statements)}\n`]),
  dbmate: (migrations) =>
    each(migrations, (statements, at) => [
      `${getStamp(at)}_step.sql`,
      `-- migrate:up\n${join(statements)}\n\n-- migrate:down\n`,
    ]),
  flyway: (migrations) =>
    each(migrations, (statements, at) => [`V${getNumber(at)}__step.sql`, `${join(statements)}\n`]),
  'node-pg-migrate': (migrations) =>
    each(migrations, (statements, at) => [
      `${1_700_000_000_000 + at}_step.sql`,
      `-- Up Migration\n${join(statements)}\n`,
    ]),
  'graphile-migrate': renderGraphile,
  kysely: (migrations) =>
    each(migrations, (statements, at) => [`${getNumber(at)}_step.sql`, `${join(statements)}\n`]),
} as const satisfies Readonly<Record<string, (migrations: Migrations) => Files>>;
export type FolderFormat = keyof typeof FOLDERS;

/** Each file has the hash of the one before it. */
function renderGraphile(migrations: Migrations): Files {
  const files: Record<string, string> = {};
  let previous: string | null = null;
  for (const [at, statements] of migrations.entries()) {
    const body = join(statements);
    const hash = createHash(body, previous);
    files[`committed/${String(at + 1).padStart(6, '0')}.sql`] =
      `--! Previous: ${previous ?? '-'}\n--! Hash: ${hash}\n\n${body}\n`;
    previous = hash;
  }
  return files;
}
