import { isPlinthError, PlinthError } from '../errors.js';
import type { FleetReport, TargetResult } from '../model/fleet.js';
import { type FleetOptions, resolveFleetOptions } from '../options.js';
import type { FleetWork } from './fleet/work.js';
import type { Manifest } from './manifest.js';
import type { Context } from './prepared.js';

/**
 * Applies to many databases of a cluster by Jobs in it: those of a list, of a label selector, or of one service. What an earlier
 * run was through with is not asked again, and a Job that still runs is waited for.
 *
 * @throws PlinthError where nothing could be begun; what fails in a database is in the report
 */
export async function fleet(options: FleetOptions, context: Context = {}): Promise<FleetReport> {
  const resolved = resolveFleetOptions(options, process.env);
  const { runFleet } = await import('./fleet/fleet.js');
  return await runFleet(resolved, context).catch((error: unknown) => {
    if (context.signal?.aborted !== true || isPlinthError(error)) throw error;
    throw new PlinthError('ABORTED', { phase: 'making the objects of the fleet' }, { cause: error });
  });
}

/**
 * The account of a fleet's pods with its rights, for who makes it once and for all (`serviceAccount`). Nothing is made.
 *
 * @throws PlinthError
 */
export async function createFleetRights(options: FleetOptions): Promise<Manifest> {
  const resolved = resolveFleetOptions(options, process.env);
  const { createRightsManifest } = await import('./fleet/rights.js');
  return await createRightsManifest(resolved);
}

/**
 * What a pod of a fleet's Job does: it goes through the databases of its ConfigMap, and writes there what became of each.
 *
 * @throws PlinthError where it cannot begin, or cannot write
 */
export async function workFleet(
  options: FleetWork,
  context: Context & { readonly onResult?: (result: TargetResult) => void } = {},
): Promise<readonly TargetResult[]> {
  const { workShard } = await import('./fleet/work.js');
  return await workShard(options, context);
}
