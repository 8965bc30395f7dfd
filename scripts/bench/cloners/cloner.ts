import type { Bench } from '../bench.js';
import type { BenchHistory } from '../history/generate.js';
import type { Role } from '../result.js';
import { startLibrary } from '../worker.js';

/** Somebody who gives tests databases of their own. */
export interface Cloner {
  readonly name: string;
  readonly role: Role;
  /** Gets one, and disposes of it; the milliseconds without its end. */
  take(): Promise<number>;
  stop(): Promise<void>;
}

/** Plinth, with its template made; each in a process of its own. */
export async function createPlinthCloner(
  bench: Bench,
  history: BenchHistory,
  name: string,
  pool: number,
): Promise<Cloner> {
  const library = await startLibrary({ PLINTH_CACHE_DIR: bench.cacheDir });
  const migrations = bench.folders.getFolder(history, 'goose');
  // Of its own template, or it would get what another's pool has ready.
  const afterwards = `select '${name}'`;
  const options = { migrations, url: bench.server.getUrl('postgres'), pool, afterwards, timeout: '5m' };
  const take = async (): Promise<number> => {
    const { ms, outcome } = await library.call({ call: 'clone', options });
    if (outcome === '0 tables') throw new Error('the database was empty');
    return ms;
  };
  await take();
  return { name, role: 'plinth', take, stop: () => library.stop() };
}
