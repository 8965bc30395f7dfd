import { renderCache, renderCacheJson, renderCleared, renderClearedJson } from '../../report/cache-text.js';
import type { Io } from '../io.js';
import type { Values } from '../values.js';

/** Shows the kept observations. */
export async function runCache(values: Values, io: Io): Promise<void> {
  const { readCache } = await io.load();
  const cache = await readCache();
  io.stdout.write(`${values['json'] === true ? renderCacheJson(cache) : renderCache(cache)}\n`);
}

/** Removes the kept observations. */
export async function runCacheClear(values: Values, io: Io): Promise<void> {
  const { clearCache } = await io.load();
  const { removed } = await clearCache();
  io.stdout.write(`${values['json'] === true ? renderClearedJson(removed) : renderCleared(removed)}\n`);
}
