import { isCode } from './code-steps.js';
import { renderCount } from './count.js';
import { createLanguageOrder } from './language-order.js';
import { ensureUniqueVersions, readNumbered } from './numbered.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading } from './reading.js';

// sqlMigration.ts: the first such line in any case; both patterns are node-pg-migrate's own.
const UP = /^\s*--[\s-]*up\s+migration/im;
const DOWN = /^\s*--[\s-]*down\s+migration/im;
const CODE = /\.[cm]?[jt]s$/i;
const ADVICE = 'node-pg-migrate refuses this. See "Migrations" on https://salsita.github.io/node-pg-migrate';

/** node-pg-migrate: `1700000000000_title.sql` with `-- Up Migration` and `-- Down Migration`, beside `.js` and `.ts`. */
export const nodePgMigrate: Reader = {
  format: 'node-pg-migrate',

  async recognize(files) {
    const named = getNamed(files);
    // node-pg-migrate refuses such a folder.
    if (!named.every(isNumbered)) return null;
    const sql = named.filter(({ path }) => path.endsWith('.sql'));
    const marks = { up: 0, both: 0 };
    for (const { path } of sql) {
      const text = path.endsWith('.up.sql') ? '' : await files.peek(path);
      if (UP.test(text) && DOWN.test(text)) marks.both++;
      else if (text.search(UP) === 0) marks.up++;
    }
    let programs = 0;
    for (const { path } of named) if (CODE.test(path) && /\bpgm\b/.test(await files.peek(path))) programs++;
    const marked = marks.up + marks.both;
    if (sql.length === 0 || marked + programs === 0) return null;
    // An up mark alone may be anybody's comment.
    const least = programs > 0 ? 90 : marks.both > 0 ? 50 : 0;
    return {
      score: Math.max(least, Math.round(((marks.both > 0 ? 100 : 60) * marked) / sql.length)),
      evidence: [
        ...(marked > 0 ? [renderCount(marked, 'with "-- Up Migration"')] : []),
        ...(programs > 0 ? [renderCount(programs, 'with pgm, which node-pg-migrate gives to programs')] : []),
      ],
    };
  },

  async read(files) {
    const reading = createReading(files, true);
    const named = getNamed(files);
    for (const path of files.candidates) {
      if (!path.includes('/') && path.endsWith('.down.sql')) reading.passOver(path, 'down-migration');
    }
    const [numbered, others] = [named.filter(isNumbered), named.filter((file) => !isNumbered(file))];
    for (const { path } of others) reading.reject(path, 'the name does not begin with a number', ADVICE);
    ensureUniqueVersions(reading, numbered);
    await readNumbered(reading, numbered, (text, path) => ({
      regions: [path.endsWith('.up.sql') ? { start: 0, end: text.length } : getUpPart(text)],
      transaction: 'each',
    }));
    return reading.finish();
  },
};

interface Named {
  readonly path: string;
  readonly id: string;
  readonly number: number;
}

// migration.ts, utils/comparators.ts: top level only, by number, then by name; the id is the name without its ending.
function getNamed(files: FolderListing): Named[] {
  return files.candidates
    .filter((path) => !path.includes('/') && !path.endsWith('.down.sql'))
    .filter((path) => path.endsWith('.sql') || (CODE.test(path) && isCode(path) && /^\d/.test(path)))
    .map((path) => ({ path, id: path.replace(/(?:\.up)?\.[^.]+$/, ''), number: getNumber(path) }))
    .sort((a, b) => a.number - b.number || 0 || compare(a.path, b.path));
}

function isNumbered({ number }: Named): boolean {
  return !Number.isNaN(number);
}

// localeCompare with these options.
const compare = createLanguageOrder({ numeric: true, sensitivity: 'variant', ignorePunctuation: true });

// utils/fileNameUtils.ts: 17 digits are a time of day, which compares with the milliseconds of shorter ones.
function getNumber(path: string): number {
  const digits = /^\d+/.exec(path)?.[0] ?? '';
  if (digits === '') return Number.NaN;
  const utc = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits);
  if (utc === null) return Number(digits);
  const [, year, month, day, hour, minute, second, ms] = utc;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

/** From one mark to the other, in whichever order they stand; the whole text where there is no up mark. */
function getUpPart(text: string): { readonly start: number; readonly end: number } {
  const up = text.search(UP);
  const down = text.search(DOWN);
  if (up === -1) return { start: 0, end: text.length };
  return { start: up, end: down < up ? text.length : down };
}
