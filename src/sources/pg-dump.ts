import { createPsqlMigration } from './psql/psql-files.js';
import { readPsqlScript } from './psql/read-script.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading } from './reading.js';

// What pg_dump and pg_dumpall begin with.
const DUMP = /^-- PostgreSQL database (?<cluster>cluster )?dump\r?$/m;
const HEAD = 4096;

/** pg_dump's plain format: one file, as a history of one migration. */
export const pgDump: Reader = {
  format: 'pg_dump',

  async recognize(files) {
    const sql = files.candidates.filter(isSql);
    const [path] = sql;
    if (path === undefined || sql.length > 1 || !DUMP.test((await files.peek(path)).slice(0, HEAD)))
      return null;
    return { score: 40, evidence: [`${path} begins as pg_dump begins`] };
  },

  async read(files, { placeholders = {} }) {
    const reading = createReading(files, false);
    const [path, second] = await getDumps(files);
    if (second !== undefined) {
      reading.reject(second, 'is another dump', 'Give one file: --migrations DIR/FILE.sql');
    }
    const text = path === undefined ? null : await reading.getText(path);
    if (path === undefined || text === null) return reading.finish();
    if (DUMP.exec(text.slice(0, HEAD))?.groups?.['cluster'] !== undefined) {
      const advice = 'Dump the one database: pg_dump NAME > FILE.sql';
      reading.reject(path, 'is a dump of a whole cluster (pg_dumpall)', advice);
      return reading.finish();
    }
    const script = await readPsqlScript(path, text, files, {
      variables: placeholders,
      leavesOutStatement: createFilter(),
      leavesOutCommand: createConnectFilter(),
    });
    // psql would run it statement by statement; a dump that is there in part is of no use.
    reading.migrations.push(
      createPsqlMigration(reading, script, { id: 'dump', name: path, transaction: 'each' }),
    );
    return reading.finish();
  },
};

const isSql = (path: string): boolean => /\.sql$/i.test(path);

async function getDumps(files: FolderListing): Promise<string[]> {
  const dumps: string[] = [];
  for (const path of files.candidates.filter(isSql)) {
    if (DUMP.test((await files.peek(path)).slice(0, HEAD))) dumps.push(path);
  }
  return dumps;
}

// About the session of whoever restores; `transaction_timeout` is unknown to servers before 17.
const TIMEOUT =
  /SET\s+(?:statement|lock|idle_in_transaction_session|idle_session|transaction)_timeout\s*=\s*0\s*;/iy;
// About the database itself (--create); in the target it has a name of its own.
const DATABASE =
  /(?:CREATE|ALTER|DROP)\s+DATABASE\b|COMMENT\s+ON\s+DATABASE\b|(?:GRANT|REVOKE|SECURITY)\s[^;']*?\sON\s+DATABASE\b/iy;
// Every database has it from template1.
const PUBLIC = /CREATE\s+SCHEMA\s+public\s*;/iy;
const CREATE = /CREATE\s/iy;
// What --clean begins with.
const DROP = /DROP\s|ALTER\s[^;']*?\sDROP\s/iy;

/** Tells the statements of a dump that are not about what is in the database. */
function createFilter(): (text: string, at: number) => boolean {
  let hasCreated = false;
  const begins = (pattern: RegExp, text: string, at: number): boolean => {
    pattern.lastIndex = at;
    return pattern.test(text);
  };
  return (text, at) => {
    if ([TIMEOUT, DATABASE, PUBLIC].some((pattern) => begins(pattern, text, at))) return true;
    hasCreated ||= begins(CREATE, text, at);
    return !hasCreated && begins(DROP, text, at);
  };
}

/** The one database of a dump is wherever Plinth is; another one would be somewhere else. */
function createConnectFilter(): (name: string, values: readonly string[]) => boolean {
  let database: string | undefined;
  return (name, values) => {
    if (name !== 'connect' && name !== 'c') return false;
    const named = values.findLast((value) => !value.startsWith('-')) ?? '';
    database ??= named;
    return named === database;
  };
}
