import type { Region, Substitution } from '../model/history.js';
import { getLines } from './lines.js';
import type { UpPart } from './numbered.js';
import type { ReadingDraft } from './reading.js';

/** What begins the up part. */
export const SQL_MIGRATE_UP = /^-- \+migrate \s*Up(?:\s|$)/;

const COMMAND = /^-- \+migrate (.*)$/;
const ADVICE = 'See "Writing migrations" in the README of github.com/rubenv/sql-migrate.';

/** The up parts of a sql-migrate file, by the rules of its own parser (sqlparse/sqlparse.go); null after noting a problem. */
export function parseSqlMigrateFile(text: string, path: string, reading: ReadingDraft): UpPart | null {
  const reject = (problem: string): null => {
    reading.reject(path, problem, ADVICE);
    return null;
  };
  const regions: Region[] = [];
  const substitutions: Substitution[] = [];
  let part: 'before' | 'up' | 'down' = 'before';
  let start = 0;
  let inStatement = false;
  let isTransaction = true;
  for (const line of getLines(text)) {
    const command = COMMAND.exec(line.text)?.[1]?.trim().split(/\s+/);
    const [name, ...options] = command ?? [];
    if (name === '') return reject(`line ${line.number}: "-- +migrate" without a word after it`);
    if (name === 'Up' || name === 'Down') {
      if (inStatement) return reject(`line ${line.number}: ${name} before "-- +migrate StatementEnd"`);
      if (part === 'up') regions.push({ start, end: line.start });
      part = name === 'Up' ? 'up' : 'down';
      start = line.next;
      if (part === 'up' && options.includes('notransaction')) isTransaction = false;
      continue;
    }
    if (name === 'StatementBegin') inStatement = part !== 'before';
    if (name === 'StatementEnd') inStatement = false;
    // It leaves out such lines wherever they stand, inside of function bodies, too.
    if (part === 'up' && line.text.startsWith('-- ')) {
      substitutions.push({ start: line.start, end: line.next, text: '' });
    }
  }
  if (part === 'up') regions.push({ start, end: text.length });
  if (part === 'before') return reject('there is no "-- +migrate Up" line');
  if (inStatement) return reject('a "-- +migrate StatementEnd" is missing');
  return { regions, transaction: isTransaction ? 'each' : 'none', substitutions };
}
