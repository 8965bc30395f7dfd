import type { ResolvedTestingOptions } from '../options.js';
import type { Context } from '../run/prepared.js';
import type { TestServer } from './server.js';

/** Reaches the target of the options; an embedded server is started where it does not run yet. */
export async function createServer(options: ResolvedTestingOptions, context: Context): Promise<TestServer> {
  if (options.cluster !== null) {
    // Loaded where there is a cluster, and not before.
    const { createClusterServer } = await import('./cluster-server.js');
    return await createClusterServer(options.cluster, options, context);
  }
  const { createUrlServer } = await import('./url-server.js');
  return await createUrlServer(options, context);
}
