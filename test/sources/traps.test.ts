import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FIXTURES = join(import.meta.dirname, '../fixtures');

/** What real histories have in them that a first version gets wrong, and the golden folder that shows it: by a file's name or its text. */
const TRAPS: readonly (readonly [trap: string, fixture: string, shows: RegExp])[] = [
  // Order
  ['Diesel compares versions with the dashes removed', 'diesel/versions', /\/2024-01-02-030405-0000_index\//],
  ['numbers without leading zeros', 'plain/natural', /\/10_third\.sql$/],
  ['numbers of other widths', 'golang-migrate/widths', /\/00010_tenth\.up\.sql$/],
  ["Drizzle's journal", 'drizzle/journal', /_journal\.json$/],
  ["Sqitch's plan", 'sqitch/reworked', /sqitch\.plan$/],
  ['a manifest', 'manifest/json', /manifest\.json$/],
  ['Flyway without a prefix', 'flyway/prefix', /^sqlMigrationPrefix = ""$/m],
  ['two locations', 'flyway/locations', /\/shared\/V2__orders\.sql$/],
  ['versions that are not in the order of their names', 'flyway/versions', /\/V1_10__ten\.sql$/],
  ['versions of 14 and 17 digits', 'flyway/prefix', /\/20240102030405678__seventeen\.sql$/],
  ['two files with the same number', 'goose/twice', /\/00002_c\.sql$/],
  ['three underscores after a version', 'flyway/versions', /\/V1_1___three_underscores\.sql$/],
  // The up part
  ["goose's marks", 'goose/orders', /^-- \+goose Down$/m],
  ["sql-migrate's marks", 'sql-migrate/parts', /^-- \+migrate Up/m],
  ["dbmate's marks", 'dbmate/teams', /^-- migrate:down/m],
  ['a file without its mark', 'goose/unmarked', /^CREATE TABLE b/],
  ['a breakpoint in the place of a semicolon', 'drizzle/journal', /KEY\)\n--> statement-breakpoint/],
  ['a last statement that ends in a comment', 'golang-migrate/sequence', /; -- the last word\n$/],
  ['a last statement without a semicolon', 'dbmate/teams', /key\)\n\n-- migrate:down/],
  ['an empty migration', 'prisma/users', /^-- This is an empty migration\.\n$/],
  ['a byte order mark', 'goose/bytes', /^\uFEFF-- \+goose Up/],
  ['line ends of Windows', 'goose/bytes', /\r\n/],
  // Dialects and templates
  ['files for other dialects', 'pop/dialects', /\/1_a\.mysql\.up\.sql$/],
  ["Pop's options", 'pop/templates', /\{\{ index \.Options "Namespace" \}\}/],
  ["Go's templates", 'plain/templates', /\{\{\.Schema\}\}/],
  ['templates in comments', 'golang-migrate/templates', /'\/\* TEMPLATE: schema \*\/'/],
  [':NAME of graphile-migrate', 'graphile-migrate/placeholders', /TO :VISITOR;/],
  ["psql's variables", 'plain/templates', /:"kind"/],
  ["Flyway's placeholders", 'flyway/placeholders', /\$\{flyway:filename\}/],
  // Transactions
  [
    'a file that needs none and does not say so',
    'goose/transactions',
    /^-- \+goose Up\nCREATE INDEX CONCURRENTLY/,
  ],
  ['LOCK TABLE', 'goose/transactions', /^LOCK TABLE/m],
  ['BEGIN and COMMIT inside of a file', 'goose/transactions', /^BEGIN;[\s\S]*^COMMIT;$/m],
  ['a procedure that commits', 'goose/transactions', /^ {2}COMMIT;\nEND \$\$;[\s\S]*^CALL/m],
  ["an enum's new value that is used", 'goose/transactions', /SET state = 'closed'/],
  // State of the session
  ['an empty search path', 'plain/session', /set_config\('search_path', ''/],
  ['a temporary table left behind', 'plain/session', /^CREATE TEMP TABLE left_behind/m],
  // Tracking tables of other tools
  ['a right on schema_migrations', 'dbmate/tracking', /ON schema_migrations TO/],
  ['a trigger on __diesel_schema_migrations', 'diesel/tracking', /ON __diesel_schema_migrations/],
  ['rows of goose_db_version', 'goose/tracking', /FROM goose_db_version/],
  // Hidden dependencies
  ['DDL in a function that SELECT calls', 'goose/hidden', /^SELECT make_log/m],
  ['DDL in a function that PERFORM calls', 'goose/hidden', /PERFORM make_log/],
  ['a DO block with EXECUTE', 'goose/hidden', /DO \$\$[\s\S]*EXECUTE format/],
  ['%TYPE and %ROWTYPE', 'goose/hidden', /%TYPE;[\s\S]*%ROWTYPE;/],
  ['a loop over pg_class', 'goose/hidden', /FROM pg_class/],
  [
    'an index and a constraint without a name, renamed later',
    'goose/hidden',
    /goods_title_idx RENAME[\s\S]*goods_id_check TO/,
  ],
  ['rows of a table that is dropped later', 'goose/hidden', /FROM old_goods;\nDROP TABLE/],
  ['rows that a foreign key needs', 'goose/hidden', /NOT NULL DEFAULT 1 REFERENCES units/],
  ['functions named only by a trigger', 'goose/hidden', /EXECUTE FUNCTION log_goods/],
  // What shows in the end
  ['a column dropped and added again', 'goose/names', /DROP COLUMN gone;\nALTER TABLE first ADD COLUMN gone/],
  ['names that depend on what was there', 'goose/names', /second_kept_idx1 RENAME/],
  // Missing parts
  ['a step in code', 'goose/missing', /\/00002_fill\.go$/],
  ['an extension that the server lacks', 'goose/missing', /CREATE EXTENSION no_such_vector/],
  ['roles that nobody makes', 'goose/missing', /OWNER TO traps_nobody;\nGRANT/],
  // Kinds of statements
  ['VACUUM', 'goose/statements', /^VACUUM/m],
  ['CALL', 'goose/statements', /^CALL/m],
  ['CREATE INDEX without a name', 'goose/statements', /^CREATE INDEX ON/m],
  ['SET SCHEMA', 'goose/statements', /SET SCHEMA app/],
  ['OWNER TO', 'goose/statements', /OWNER TO/],
  ['GRANT … ON ALL TABLES', 'goose/statements', /ON ALL TABLES IN SCHEMA/],
  ['default privileges', 'goose/statements', /ALTER DEFAULT PRIVILEGES/],
  ['CREATE AGGREGATE', 'goose/statements', /CREATE AGGREGATE/],
  ['CREATE STATISTICS', 'goose/statements', /CREATE STATISTICS/],
  ['an event trigger', 'goose/statements', /CREATE EVENT TRIGGER/],
  ['a policy', 'goose/statements', /CREATE POLICY/],
  ['an exclusion constraint', 'goose/statements', /EXCLUDE USING gist/],
];

test.each(TRAPS)('%s: shown by %s', (_trap, fixture, shows) => {
  const folder = join(FIXTURES, fixture);
  expect(existsSync(join(folder, 'expected.json'))).toBe(true);
  const files = readdirSync(join(folder, 'input'), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, 'input', path))
    .filter((path) => statSync(path).isFile());
  const isShown = files.some((path) => shows.test(path) || shows.test(readFileSync(path, 'utf8')));
  expect(isShown, `no file of ${fixture} shows it`).toBe(true);
});
