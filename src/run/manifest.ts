import { type ManifestOptions, resolveManifestOptions } from '../options.js';
import type { Manifest } from './manifest-objects.js';
import type { Context } from './prepared.js';

export type { ClusterObject } from '../cluster/kinds.js';
export type { Manifest } from './manifest-objects.js';

/**
 * Objects for a cluster: a Job that applies, or an init container that waits, with what it needs. Nothing is asked of a cluster.
 *
 * @throws PlinthError
 */
export async function createManifest(
  what: 'job' | 'wait',
  options: ManifestOptions,
  context: Context = {},
): Promise<Manifest> {
  const resolved = resolveManifestOptions(options, process.env, what);
  const { createObjects } = await import('./manifest-objects.js');
  return await createObjects(resolved, context);
}
