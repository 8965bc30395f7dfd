import type { Finding } from '../model/finding.js';
import type { Enlargement, TableProof } from '../model/proof.js';
import { createSlicer, type Slicer } from '../slice/slice.js';
import { getAdded, RULES } from './enlarge.js';
import type { Lab } from './lab.js';
import type { ProofCache } from './proof-cache.js';
import { type Reference, readReference } from './reference.js';
import { createRunner, type Runner } from './runner.js';
import { getSequences } from './sequences.js';
import { shrink } from './shrink.js';
import {
  createTableStates,
  getEnlargements,
  getSequenceTrial,
  getTableTrials,
  type TableState,
  type TableTrials,
} from './tables.js';
import { createKeys, type Keys, type Problem } from './trial.js';
import { getMissingStep, getProblemArgs } from './why.js';

export interface ProveRequest {
  readonly lab: Lab;
  readonly cache: ProofCache;
  /** How many trials at a time. */
  readonly size: number;
  /** What else an outcome hangs on: the server's version, the prelude. */
  readonly around: readonly unknown[];
  /** Called with the statements that were run, of how many. */
  readonly onProgress: (done: number, total: number) => void;
}

/** What was proven. */
export interface Proof {
  /** By `schema.name`. */
  readonly tables: ReadonlyMap<string, TableProof>;
  readonly enlarged: readonly Enlargement[];
  /** Random orders of requests, and how many of them came out as one request for all. */
  readonly sequences: number;
  readonly sequencesEqual: number;
  /** Trials that were run, the others being known. */
  readonly ran: number;
}

const MOST_SEQUENCES = 12;
const MOST_ROUNDS = 40;
const MOST_TRIES = 24;

interface Work extends ProveRequest {
  readonly keys: Keys;
  readonly runner: Runner;
  readonly reference: Reference;
  readonly states: readonly TableState[];
}

/**
 * Applies the slice of each table to an empty database of its own and compares what comes of it with what the whole history
 * leaves; enlarges by rule what differs; tries random orders of requests.
 */
export async function proveTables(request: ProveRequest): Promise<Proof> {
  const { lab, cache, size, around, onProgress } = request;
  const keys = createKeys(lab.history, lab.observation, around);
  let before = 0;
  const runner = createRunner({ lab, cache, size, onProgress: (d, t) => onProgress(before + d, before + t) });
  const reference = await readReference(lab, keys, cache, (done, total) => {
    before = total;
    onProgress(done, total);
  });
  const states = createTableStates(lab.observation);
  const work: Work = { ...request, keys, runner, reference, states };
  await enlargeAll(work);
  await shrinkAll(work);
  const { slicer, trials } = await runAll(work);
  const failed = await trySequences(work, slicer);
  const tables = states.map((state, at) => {
    const proof = getTableProof(work, state, trials[at]!, failed.get(state.name) ?? null);
    return [state.name, proof] as const;
  });
  const sequences = getSequences(
    states.map(({ name }) => name),
    MOST_SEQUENCES,
  );
  return {
    tables: new Map(tables),
    enlarged: getEnlargements(states),
    sequences: sequences.length,
    sequencesEqual: sequences.length - new Set([...failed.values()].map((f) => f.key)).size,
    ran: runner.ran,
  };
}

/** Runs the trials of all tables, with what was added so far. */
async function runAll(work: Work): Promise<{ slicer: Slicer; trials: readonly TableTrials[] }> {
  const { lab, keys, runner, reference, states } = work;
  const slicer = createSlicer({ ...lab.observation, enlarged: getEnlargements(states) });
  const trials = states.map(({ name }) => getTableTrials(slicer, keys, reference.rows, name));
  await runner.run(
    slicer,
    trials.flatMap(({ alone, roomy }) => [alone, roomy]),
    reference.rows,
  );
  return { slicer, trials };
}

const getProblems = ({ runner }: Work, { alone, roomy }: TableTrials): readonly Problem[] => {
  const own = runner.getProblems(alone);
  return own.length > 0 ? own : runner.getProblems(roomy);
};

async function enlargeAll(work: Work): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { trials } = await runAll(work);
    let isChanged = false;
    for (const [at, state] of work.states.entries()) {
      const problems = getProblems(work, trials[at]!);
      if (problems.length === 0 || state.isLost) continue;
      state.first ??= problems[0]!;
      isChanged = true;
      enlarge(work, state, trials[at]!, problems);
    }
    if (!isChanged) return;
  }
}

/** Takes the next rule that has something to add. */
function enlarge(
  { lab, reference }: Work,
  state: TableState,
  trials: TableTrials,
  problems: readonly Problem[],
): void {
  const { observation } = lab;
  const kept = new Set(trials.kept.filter((ordinal) => !state.added.includes(ordinal)));
  const roomy = new Set([...trials.kept, ...trials.order]);
  const isUnobserved = [...kept].some(
    (ordinal) => observation.statements[ordinal]!.effect.failed !== undefined,
  );
  // What the whole history does not do, none of its parts does.
  const isOfWhole = problems.every((problem) =>
    reference.problems.some((other) => JSON.stringify(other) === JSON.stringify(problem)),
  );
  while (!isUnobserved && !isOfWhole && state.rule < RULES.length) {
    const rule = RULES[state.rule]!;
    state.rule += 1;
    const added = getAdded(rule, { observation, kept, roomy, problems });
    if (added.length === 0 || added.join() === state.added.join()) continue;
    state.added = added;
    state.by = rule;
    return;
  }
  state.isLost = true;
  state.added = [];
  state.by = null;
}

/** Takes away again what need not have been added. */
async function shrinkAll(work: Work): Promise<void> {
  const { lab, keys, runner, reference, states } = work;
  const enlarged = states.filter(({ added }) => added.length > 0);
  for (const state of enlarged.sort((a, b) => a.added.length - b.added.length)) {
    state.added = await shrink(
      state.added,
      async (added) => {
        const tried = states.map((one) => (one === state ? { ...one, added } : one));
        const slicer = createSlicer({ ...lab.observation, enlarged: getEnlargements(tried) });
        const trials = getTableTrials(slicer, keys, reference.rows, state.name);
        await runner.run(slicer, [trials.alone, trials.roomy], reference.rows);
        return getProblems(work, trials).length === 0;
      },
      MOST_TRIES,
    );
  }
  await enlargeAll(work);
}

interface FailedSequence {
  readonly key: string;
  readonly sequence: readonly string[];
  readonly problem: Problem;
}

/** Tables by whose asking in some order something came out otherwise. */
async function trySequences(work: Work, slicer: Slicer): Promise<ReadonlyMap<string, FailedSequence>> {
  const { keys, runner, reference, states } = work;
  const lost = new Set(states.filter(({ isLost }) => isLost).map(({ name }) => name));
  const names = states.map(({ name }) => name);
  const sequences = getSequences(names, MOST_SEQUENCES).filter(
    (tables) => !tables.some((name) => lost.has(name)),
  );
  const trials = sequences.map((tables) => getSequenceTrial(slicer, keys, reference.rows, tables));
  await runner.run(slicer, trials, reference.rows);
  const failed = new Map<string, FailedSequence>();
  for (const [at, sequence] of sequences.entries()) {
    const [problem] = runner.getProblems(trials[at]!);
    if (problem === undefined) continue;
    // Asked for first it comes out right: those that came later are in question.
    for (const name of sequence.slice(1)) failed.set(name, { key: sequence.join(), sequence, problem });
  }
  return failed;
}

function getTableProof(
  work: Work,
  state: TableState,
  trials: TableTrials,
  failed: FailedSequence | null,
): TableProof {
  const { lab } = work;
  const { history, observation } = lab;
  const slice = { statements: trials.kept, order: trials.order };
  const lack = (why: Pick<Finding, 'code' | 'args'>): TableProof => ({
    standing: 'not-provable',
    ...slice,
    why,
  });
  const step = getMissingStep(history, observation, [...trials.kept, ...trials.order]);
  if (step !== null) return lack(step);
  const args = (problem: Problem) => getProblemArgs(history, observation, problem);
  const [problem] = getProblems(work, trials);
  if (problem !== undefined) return lack({ code: 'SLICE_DIFFERS', args: args(problem) });
  if (failed !== null) {
    const { sequence } = failed;
    return lack({ code: 'SEQUENCE_DIFFERS', args: { sequence, ...args(failed.problem) } });
  }
  if (state.added.length === 0) return { standing: 'proven', ...slice };
  const why = { code: 'SLICE_ENLARGED', args: { rule: state.by, ...args(state.first!) } };
  return { standing: 'enlarged', ...slice, why };
}
