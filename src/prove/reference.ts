import type { ObjectRef } from '../model/observation.js';
import { createSlicer } from '../slice/slice.js';
import type { Lab, ReferenceRows } from './lab.js';
import { runPool } from './pool.js';
import type { ProofCache } from './proof-cache.js';
import { getStableRows } from './rows.js';
import { runTrial, type TrialOutcome } from './run-trial.js';
import type { Keys, Problem } from './trial.js';

/** What the whole history does, as its tool runs it. */
export interface Reference {
  /** Where that differs from what was seen statement by statement, or fails. */
  readonly problems: readonly Problem[];
  readonly rows: ReferenceRows;
}

const WHOLE = { tables: null, alone: false } as const;

/** Runs the whole history twice: what rows it leaves, but for what the time or chance decides. */
export async function readReference(
  lab: Lab,
  keys: Keys,
  cache: ProofCache,
  onProgress: (done: number, total: number) => void,
): Promise<Reference> {
  const { observation } = lab;
  const left = observation.objects.flatMap(({ gone, environment }, object): ObjectRef[] =>
    gone === true || environment === true ? [] : [object],
  );
  const objects = new Set(left);
  const key = keys.getKey([[...observation.statements.keys()]], objects, null);
  const known = cache.get(key);
  if (known?.rows !== undefined) return { problems: known.problems, rows: new Map(known.rows) };
  if (known !== undefined) return { problems: known.problems, rows: null };
  const slicer = createSlicer(observation);
  const outcomes: TrialOutcome[] = [];
  const weight = observation.statements.length;
  onProgress(0, 2 * weight);
  await runPool([0, 1], 2, lab.signal, async () => {
    outcomes.push(await runTrial(lab, slicer, { requests: [WHOLE], objects }, null));
    onProgress(outcomes.length * weight, 2 * weight);
  });
  const [one, other] = outcomes as [TrialOutcome, TrialOutcome];
  const failed = one.problems.some(({ is }) => is === 'failed');
  const rows = failed ? null : getStableRows(one.rows, other.rows);
  await cache.add(key, { problems: one.problems, ...(rows === null ? {} : { rows: [...rows] }) });
  return { problems: one.problems, rows };
}
