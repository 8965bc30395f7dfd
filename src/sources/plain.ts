import { renderCount } from './count.js';
import { compareNaturally } from './natural-order.js';
import { getWholeRegion } from './numbered.js';
import { getOtherTools, getWayBack } from './other-tools.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading } from './reading.js';

// `x.down.sql` and `x/down.sql`; `x_down.sql` and `x-down.sql` only where the way up lies beside it.
const DOWN = /(?:^|[./])(?:down|rollback|undo)\.sql$/i;

/** No tool: every `.sql` file, subfolders included, in natural order of the path. */
export const plain: Reader = {
  format: 'plain',

  async recognize(files) {
    const count = getFiles(files).length;
    if (count === 0 || (await getOtherTools(files)).length > 0) return null;
    return { score: 20, evidence: [renderCount(count, 'named *.sql, with no marks of a tool')] };
  },

  async read(files) {
    const reading = createReading(files, false);
    for (const path of files.candidates) if (isDown(path, files)) reading.passOver(path, 'down-migration');
    for (const path of getFiles(files)) {
      const text = await reading.getText(path);
      if (text === null) continue;
      const tool = getWayBack(text);
      if (tool !== null) {
        reading.reject(
          path,
          `has ${tool}'s marks: read as plain SQL, its way back would run, too`,
          'Name the format, or leave out the way back.',
        );
        continue;
      }
      reading.migrations.push({
        id: path,
        name: path,
        text,
        regions: getWholeRegion(text),
        substitutions: [],
        transaction: 'each',
      });
    }
    return reading.finish();
  },
};

function getFiles(files: FolderListing): string[] {
  return files.candidates
    .filter((path) => /\.sql$/i.test(path) && !isDown(path, files))
    .sort(compareNaturally);
}

function isDown(path: string, files: FolderListing): boolean {
  if (DOWN.test(path)) return true;
  const up = path.replace(/([_-])down\.sql$/i, '$1up.sql');
  return up !== path && files.paths.includes(up);
}
