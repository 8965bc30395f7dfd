import { availableParallelism } from 'node:os';
import type { Observation } from '../model/observation.js';
import type { RecordedStep } from '../model/proof.js';
import { writeLockFile } from '../observe/lock-file.js';
import type { ResolvedHistoryOptions } from '../options.js';
import { ensureLedger } from '../postgres/ledger.js';
import { openProofCache } from '../prove/proof-cache.js';
import { type Proof, proveTables } from '../prove/prove.js';
import { LEDGER } from '../prove/run-trial.js';
import { getLockFile } from './files.js';
import { getObservationOf, getStatements, prepare } from './prepare.js';
import type { Context, Prepared } from './prepared.js';
import { type ScratchDatabase, type ScratchServer, withScratchServer } from './scratch-server.js';
import { observeOn } from './watching.js';

/** What `prove` found out and wrote. */
export interface ProvedHistory {
  readonly path: string;
  readonly statements: number;
  readonly unobserved: number;
  readonly tables: Observation['tables'];
  readonly sequences: number;
  readonly sequencesEqual: number;
  readonly elapsedMs: number;
}

/** Watches a history, proves its slices, and writes the lock file: whole, or not at all. */
export async function proveHistory(
  options: ResolvedHistoryOptions,
  context: Context,
): Promise<ProvedHistory> {
  const start = performance.now();
  const path = typeof options.lockFile === 'string' ? options.lockFile : getLockFile(options.migrations);
  // What it says is found out anew, but for the SQL that was recorded.
  const prepared: Prepared = {
    ...(await prepare({ ...options, lockFile: path }, context)),
    lockFile: null,
  };
  tellMissingSteps(prepared);
  const size = availableParallelism();
  const { signal } = context;
  // Each trial has a session, and now and then another one to look.
  const proven = await withScratchServer(options, { signal, sessions: 3 * size + 4 }, async (server) => {
    const watched = await getObservationOf(prepared, server.version, (of, statements) =>
      observeOn(server, of, statements),
    );
    const proof = await proveOn(server, prepared, watched, size);
    return { proof, observation: withProof(watched, proof, prepared.steps) };
  });
  const { proof, observation } = proven;
  await writeLockFile(path, observation);
  const { statements, tables } = observation;
  return {
    path,
    statements: statements.length,
    unobserved: statements.filter(({ effect }) => effect.failed !== undefined).length,
    tables,
    sequences: proof.sequences,
    sequencesEqual: proof.sequencesEqual,
    elapsedMs: Math.round(performance.now() - start),
  };
}

async function proveOn(
  server: ScratchServer,
  prepared: Prepared,
  observation: Observation,
  size: number,
): Promise<Proof> {
  const { history, options, context, prelude } = prepared;
  await createRoles(server, observation);
  const template = await createTemplate(server, prelude);
  const start = performance.now();
  const onProgress = (done: number, total: number): void => {
    const elapsedMs = Math.round(performance.now() - start);
    const leftMs = done === 0 ? null : Math.round((elapsedMs / done) * (total - done));
    context.onEvent?.({ type: 'proving', done, total, elapsedMs, leftMs });
  };
  const { searchPath, cacheDir } = options;
  return await proveTables({
    lab: {
      history,
      observation,
      statements: getStatements(prepared, observation),
      searchPath,
      createDatabase: createSupply(server, template, size),
      signal: context.signal,
    },
    cache: await openProofCache(cacheDir === false ? null : cacheDir),
    size,
    around: [server.version, prelude, searchPath],
    onProgress,
  });
}

/** Roles belong to the whole server, where trials would be in each other's way. */
async function createRoles(server: ScratchServer, { statements, objects }: Observation): Promise<void> {
  const named = statements.flatMap(({ effect }) => [...(effect.roles ?? []), ...(effect.soughtRoles ?? [])]);
  const made = objects.flatMap(({ type, identity }) => (type === 'role' ? [identity] : []));
  for (const role of new Set([...named, ...made])) {
    if (!NO_ROLE.has(role)) await server.createRole(role);
  }
}

const NO_ROLE: ReadonlySet<string> = new Set(['public', 'current_user', 'current_role', 'session_user']);

/** A database with what the history expects around it, and an empty ledger. */
async function createTemplate(server: ScratchServer, prelude: string | null): Promise<ScratchDatabase> {
  const template = await server.createDatabase();
  const session = await template.open();
  try {
    if (prelude !== null) await session.execute(prelude);
    await session.execute('reset session authorization; reset role; reset all');
    await ensureLedger(session, LEDGER);
  } finally {
    await session.close();
  }
  return template;
}

/** Databases that are made while the ones before are in use. */
function createSupply(
  server: ScratchServer,
  template: ScratchDatabase,
  size: number,
): () => Promise<ScratchDatabase> {
  const ready: Promise<ScratchDatabase>[] = [];
  return async () => {
    while (ready.length <= size) {
      const next = server.createDatabase(template);
      // Whoever takes it is told of its failure.
      next.catch(() => undefined);
      ready.push(next);
    }
    return await ready.shift()!;
  };
}

/** Where the proof ends, because nobody recorded what a step in code does. */
function tellMissingSteps({ history, context }: Prepared): void {
  const [step] = history.codeSteps;
  if (step === undefined) return;
  const finding = { code: 'STEP_NOT_RECORDED', severity: 'warning', args: { step: step.name } } as const;
  context.onEvent?.({ type: 'finding', finding });
}

function withProof(
  observation: Observation,
  { tables, enlarged }: Proof,
  steps: readonly RecordedStep[],
): Observation {
  return {
    ...observation,
    tables: observation.tables.map((table) => {
      const proof = tables.get(`${table.schema}.${table.name}`);
      return proof === undefined ? table : { ...table, proof };
    }),
    ...(enlarged.length === 0 ? {} : { enlarged }),
    ...(steps.length === 0 ? {} : { steps }),
  };
}
