import { createHash } from 'node:crypto';
import { resolveHistoryOptions } from '../../src/options.js';
import { ensureLedger } from '../../src/postgres/ledger.js';
import type { Lab, ReferenceRows } from '../../src/prove/lab.js';
import { openProofCache } from '../../src/prove/proof-cache.js';
import { readReference } from '../../src/prove/reference.js';
import { LEDGER, runTrial } from '../../src/prove/run-trial.js';
import { getTableSlice } from '../../src/prove/tables.js';
import { createKeys } from '../../src/prove/trial.js';
import { getObservation, getStatements, prepare } from '../../src/run/prepare.js';
import { withScratchServer } from '../../src/run/scratch-server.js';
import { createSlicer, type Slicer } from '../../src/slice/slice.js';

/** How a slice compares with the smallest one that works. */
export interface MinimalSlice {
  readonly table: string;
  readonly slice: number;
  readonly smallest: number;
}

/**
 * For a sample of tables: leaves out one statement of the slice after the other, from the last to the first, as long as the outcome
 * stays what the whole history leaves. Settings of the session are not tried: they count for no object.
 */
export async function readMinimalSlices(
  source: { migrations: string; prelude?: string; searchPath?: string },
  sample: number,
  most: number,
): Promise<readonly MinimalSlice[]> {
  const options = resolveHistoryOptions(source, process.env);
  const prepared = await prepare(options, {});
  const observation = await getObservation(prepared);
  const slicer = createSlicer(observation);
  const names = observation.tables.map(({ schema, name }) => `${schema}.${name}`);
  const rank = (name: string): string => createHash('sha256').update(name).digest('hex');
  const chosen = [...names]
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .filter((name) => getTableSlice(slicer, name).statements.length <= most)
    .slice(0, sample);
  return await withScratchServer(options, { signal: undefined, sessions: 8 }, async (server) => {
    const template = await server.createDatabase();
    const session = await template.open();
    if (prepared.prelude !== null) await session.execute(prepared.prelude);
    await session.execute('reset all');
    await ensureLedger(session, LEDGER);
    await session.close();
    const lab: Lab = {
      history: prepared.history,
      observation,
      statements: getStatements(prepared, observation),
      searchPath: options.searchPath,
      createDatabase: () => server.createDatabase(template),
      signal: undefined,
    };
    const keys = createKeys(prepared.history, observation, []);
    const { rows } = await readReference(lab, keys, await openProofCache(null), () => {});
    const found: MinimalSlice[] = [];
    for (const table of chosen) found.push(await readMinimalSlice(lab, slicer, rows, table));
    return found;
  });
}

async function readMinimalSlice(
  lab: Lab,
  slicer: Slicer,
  rows: ReferenceRows,
  table: string,
): Promise<MinimalSlice> {
  const { observation } = lab;
  const request = { tables: [table], alone: true };
  const { objects, kept } = slicer.getSlice({ ...request, declared: [] });
  const works = async (ordinals: ReadonlySet<number>): Promise<boolean> => {
    const only: Slicer = {
      observation,
      getSlice: (asked) => {
        const slice = slicer.getSlice(asked);
        return { ...slice, kept: new Map([...slice.kept].filter(([ordinal]) => ordinals.has(ordinal))) };
      },
    };
    const { problems } = await runTrial(lab, only, { requests: [request], objects }, rows);
    return problems.length === 0;
  };
  const left = new Set(kept.keys());
  for (const ordinal of [...left].reverse()) {
    if (observation.statements[ordinal]!.effect.session === true) continue;
    left.delete(ordinal);
    if (!(await works(left))) left.add(ordinal);
  }
  return { table, slice: kept.size, smallest: left.size };
}
