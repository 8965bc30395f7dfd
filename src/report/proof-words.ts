import { renderCount, renderList } from './measure.js';

type Args = Readonly<Record<string, unknown>>;

/** What a proof says of a table, by the finding's code. */
export const PROOF_WORDS: Readonly<Record<string, (args: Args) => string>> = {
  SLICE_ENLARGED: (a) => `enlarged (${RULES[String(a['rule'])] ?? a['rule']}), because ${renderProblem(a)}`,
  SLICE_DIFFERS: (a) =>
    `no set of statements was found that makes it as the whole history does: ${renderProblem(a)}`,
  SEQUENCE_DIFFERS: (a) =>
    `asked for in the order ${(a['sequence'] as readonly string[]).join(', ')}, it comes out otherwise: ${renderProblem(a)}`,
  STEP_NOT_RECORDED: (a) =>
    `the proof ends before the step in code ${a['step']}: what it does is not known (--step ${a['step']}=FILE gives it as SQL)`,
  WHOLE_DIFFERS: (a) =>
    `the whole history, as its tool runs it, does not come out as it was watched statement by statement: ${renderProblem(a)}`,
};

const RULES: Readonly<Record<string, string>> = {
  writers: 'with all that writes what differed',
  touched: 'with all that its code touched',
  order: 'with what later requests need',
  neighbours: 'with all that writes what its statements write',
  earlier: 'with what is left of all earlier statements when one after the other was tried without',
  all: 'with what is left of all statements when one after the other was tried without',
};

/** Why an outcome is not as it should be. */
function renderProblem(a: Args): string {
  switch (a['is']) {
    case 'different':
      return `${a['object']} differed: ${a['kind']}${a['name'] === undefined ? '' : ` ${a['name']}`}`;
    case 'rows':
      return `${a['object']} had other rows: ${a['found']} for ${a['expected']}`;
    case 'again':
      return `${a['place']} would run a second time`;
    default:
      return `${a['place'] === null ? 'a run' : a['place']} failed: ${a['reason']}`;
  }
}

/** The statements that are not as they were, with their places. */
export function renderChanges(changes: unknown): string {
  const all = (changes ?? []) as readonly { readonly is: string; readonly place: string }[];
  if (all.length === 0) return '';
  const places = all.map(({ is, place }) => `${place} (${is})`);
  return `; ${renderCount(all.length, 'statement')} ${all.length === 1 ? 'is' : 'are'} not as they were: ${renderList(places, 10)}`;
}

/** What a plan or a comparison says where it rests on another history than the proof. */
export const NOT_PROVEN =
  'Not proven: the lock file is of another history, so that this one was watched anew.';

/** The errors of proofs. */
export const PROOF_ERRORS = {
  STEP_UNKNOWN: ({ unknown, steps }: StepUnknown) => ({
    message: `the history has no step in code ${renderList(unknown)}`,
    hint:
      steps.length === 0
        ? 'It has none at all: --step is not needed.'
        : `Its steps in code: ${renderList(steps, 20)}.`,
  }),
  LOCK_FILE_MISSING: ({ path }: { readonly path: string }) => ({
    message: `there is no ${path}`,
    hint: 'Write it and check it in: plinth prove --migrations DIR',
  }),
  PROOF_STALE: ({ path, reason, changes }: ProofStale) => ({
    message: `${path} no longer fits the history: ${reason}${changes.map(({ is, place }) => `\n  ${place} is ${WORDS[is]}`).join('')}`,
    hint: 'Write it anew and check it in: plinth prove --migrations DIR',
  }),
};

interface StepUnknown {
  readonly unknown: readonly string[];
  readonly steps: readonly string[];
}

interface ProofStale {
  readonly path: string;
  readonly reason: string;
  readonly changes: readonly { readonly is: string; readonly place: string }[];
}

const WORDS: Readonly<Record<string, string>> = { changed: 'another', new: 'new', gone: 'gone' };
