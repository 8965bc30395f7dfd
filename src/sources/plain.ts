import { renderCount } from './count.js';
import { compareNaturally } from './natural-order.js';
import { ensureUniqueVersions } from './numbered.js';
import { getOtherTools, getWayBack } from './other-tools.js';
import { createPsqlMigration, readPsqlScripts } from './psql/psql-files.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading } from './reading.js';

// `x.down.sql` and `x/down.sql`; `x_down.sql` and `x-down.sql` only where the way up lies beside it.
const DOWN = /(?:^|[./])(?:down|rollback|undo)\.sql$/i;

/** No tool: every `.sql` file that no other one includes, subfolders too, in natural order of the path, location by location; as psql reads them. */
export const plain: Reader = {
  format: 'plain',
  takesSeveral: true,

  async recognize(files) {
    const count = getFiles(files).length;
    if (count === 0 || (await getOtherTools(files)).length > 0) return null;
    return { score: 20, evidence: [renderCount(count, 'named *.sql, with no marks of a tool')] };
  },

  async read(files, { placeholders = {} }) {
    const reading = createReading(files, false);
    for (const path of files.candidates) if (isDown(path, files)) reading.passOver(path, 'down-migration');
    const scripts = await readPsqlScripts(reading, files, getFiles(files), placeholders);
    // The path in its own location, so that it stays the same when another one comes along.
    const getId = (path: string): string => files.getOrigin(path).path;
    ensureUniqueVersions(
      reading,
      scripts.map(({ path }) => ({ path, id: getId(path) })),
    );
    for (const { path, script } of scripts) {
      const tool = getWayBack(script.text);
      if (tool !== null) {
        reading.reject(
          path,
          `has ${tool}'s marks: read as plain SQL, its way back would run, too`,
          'Name the format, or leave out the way back.',
        );
        continue;
      }
      const given = { id: getId(path), name: path, transaction: 'each' } as const;
      reading.migrations.push(createPsqlMigration(reading, script, given));
    }
    return reading.finish();
  },
};

function getFiles(files: FolderListing): string[] {
  return files.candidates
    .filter((path) => /\.sql$/i.test(path) && !isDown(path, files))
    .sort((a, b) => files.getOrigin(a).location - files.getOrigin(b).location || compareNaturally(a, b));
}

function isDown(path: string, files: FolderListing): boolean {
  if (DOWN.test(path)) return true;
  const up = path.replace(/([_-])down\.sql$/i, '$1up.sql');
  return up !== path && files.paths.includes(up);
}
