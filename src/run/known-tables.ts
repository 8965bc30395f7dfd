import type { Observation } from '../model/observation.js';
import { readCached } from '../observe/cache.js';
import { readLockFile } from '../observe/lock-file.js';
import { type HistoryOptions, resolveHistoryOptions } from '../options.js';
import { getObjects, VIEWS } from '../slice/objects.js';
import { prepare } from './prepare.js';

/**
 * The tables and views of a history as far as they are known without watching it: from its lock file, be it out of date, or from
 * the cache. None where neither has them. A name in `public` stands alone; a name that needs quotes is left out.
 */
export async function readKnownTables(options: HistoryOptions): Promise<readonly string[]> {
  const prepared = await prepare(resolveHistoryOptions(options, process.env), {});
  const { cacheDir } = prepared.options;
  const locked = prepared.lockFile === null ? null : await readLockFile(prepared.lockFile);
  const kept = locked === 'older' ? null : locked;
  const known = kept ?? (cacheDir === false ? null : await readCached(cacheDir, prepared.key));
  const views = getViewNames(known?.objects ?? []);
  return [...(known?.tables ?? []), ...views]
    .filter(({ schema, name }) => [schema, name].every((part) => /^[a-z_][\w$]*$/.test(part)))
    .map(({ schema, name }) => (schema === 'public' ? name : `${schema}.${name}`))
    .sort();
}

function getViewNames(objects: Observation['objects']): readonly { schema: string; name: string }[] {
  return getObjects(objects, VIEWS).map(({ name }) => {
    const at = name.indexOf('.');
    return { schema: name.slice(0, at), name: name.slice(at + 1) };
  });
}
