import type { Observation } from '../model/observation.js';
import type { ProofState, Standing } from '../model/proof.js';

// What is worse comes first.
const STANDINGS: readonly Standing[] = ['not-provable', 'enlarged', 'proven'];

/** What the proof says of the tables (`schema.name`) together; none where the whole history was asked for, which no slice is chosen for. */
export function getProofState(
  observation: Pick<Observation, 'tables' | 'isStandIn'> | null,
  tables: readonly string[],
): ProofState {
  if (observation === null) return 'none';
  if (observation.isStandIn === true) return 'stale';
  const wanted = new Set(tables);
  const own = observation.tables.filter(({ schema, name }) => wanted.has(`${schema}.${name}`));
  if (own.length === 0 || own.some(({ proof }) => proof === undefined)) return 'none';
  return STANDINGS.find((standing) => own.some(({ proof }) => proof!.standing === standing))!;
}
