import type { Region } from '../model/history.js';
import { renderCount } from './count.js';
import { getLines } from './lines.js';
import { ensureUniqueVersions, readNumbered, type UpPart } from './numbered.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading, type ReadingDraft } from './reading.js';

// dbmate: migrationFileRegexp in pkg/dbmate/db.go; the marks and options in pkg/dbmate/migration.go.
const NAME = /^(\d+).*\.sql$/;
const UP = /^--\s*migrate:up(?:\s*$|\s+(?<options>\S.*))/;
const DOWN = /^--\s*migrate:down(?:\s*$|\s+\S)/;
const ADVICE = 'See "Creating Migrations" in the README of github.com/amacneil/dbmate.';

/** dbmate: `20240102030405_title.sql` with `-- migrate:up` and `-- migrate:down`. */
export const dbmate: Reader = {
  format: 'dbmate',

  async recognize(files) {
    const named = getNamed(files);
    let marked = 0;
    for (const { path } of named) {
      const text = await files.peek(path);
      if (text.includes('migrate:up') && getLines(text).some((line) => UP.test(line.text))) marked++;
    }
    if (marked === 0) return null;
    return {
      score: Math.max(50, Math.round((100 * marked) / named.length)),
      evidence: [renderCount(marked, 'with "-- migrate:up"')],
    };
  },

  async read(files) {
    const reading = createReading(files, true);
    const named = getNamed(files);
    ensureUniqueVersions(reading, named);
    await readNumbered(reading, named, (text, path) => parseDbmateFile(text, path, reading));
    return reading.finish();
  },
};

// By file name, bytewise, as the listing is: dbmate's versions are text, so that 9_b.sql comes after 10_a.sql.
function getNamed(files: FolderListing) {
  return files.candidates.flatMap((path) => {
    const id = path.includes('/') ? undefined : NAME.exec(path)?.[1];
    return id === undefined ? [] : [{ path, id }];
  });
}

// A file may have several pairs of up and down. Older versions of dbmate do not ask for the down part, nor is it needed here.
function parseDbmateFile(text: string, path: string, reading: ReadingDraft): UpPart | null {
  const regions: Region[] = [];
  let start: number | null = null;
  let isTransaction = true;
  for (const line of getLines(text)) {
    const up = UP.exec(line.text);
    const isDown = DOWN.test(line.text);
    if (up === null && !isDown) {
      if (regions.length > 0 || start !== null || /^\s*(?:--|$)/.test(line.text)) continue;
      reading.reject(path, `line ${line.number}: SQL before the "-- migrate:up" line`, ADVICE);
      return null;
    }
    if (isDown && start === null) {
      reading.reject(
        path,
        `line ${line.number}: "-- migrate:down" without "-- migrate:up" before it`,
        ADVICE,
      );
      return null;
    }
    if (start !== null) regions.push({ start, end: line.start });
    start = up === null ? null : line.next;
    if (/(?:^|\s)transaction:false(?:\s|$)/.test(up?.groups?.['options'] ?? '')) isTransaction = false;
  }
  if (start !== null) regions.push({ start, end: text.length });
  if (regions.length > 0) return { regions, transaction: isTransaction ? 'each' : 'none' };
  reading.reject(path, 'there is no "-- migrate:up" line', ADVICE);
  return null;
}
