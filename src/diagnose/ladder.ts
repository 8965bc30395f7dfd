import { isPlinthError, type PlinthError } from '../errors.js';
import type { Diagnosis, DiagnosisStep, Rung, RungFacts } from '../model/diagnosis.js';
import type { Finding } from '../model/finding.js';

/** The rungs to each kind of target, outermost first. */
export const LADDERS = {
  cluster: ['kubeconfig', 'api-server', 'rights', 'namespace', 'service', 'pods', 'credentials'],
  embedded: ['embedded'],
  url: ['credentials'],
} as const satisfies Record<string, readonly Rung[]>;
const SERVER: readonly Rung[] = [
  'connection',
  'login',
  'server',
  'writing',
  'pooling',
  'ledger',
  'disk',
  'lock',
];

/** What asks for one rung; `note` is for what is worth knowing and stops no run. */
export type Look<R extends Rung> = (note: (finding: Finding) => void) => Promise<RungFacts[R] | string>;

/** A diagnosis that is being made. */
export interface Ladder {
  pass<R extends Rung>(rung: R, facts: RungFacts[R], findings?: readonly Finding[]): void;
  fail(rung: Rung, problem: PlinthError): void;
  /** A rung that is left out where `after` does not hold, or for a reason of its own. */
  leave(rung: Rung, after: Rung | null, reason?: string): void;
  /** Why a rung failed; null where it did not. */
  getProblem(rung: Rung): PlinthError | null;
  /** Fails the first rung of which nothing is known yet. */
  failNext(problem: PlinthError): void;
  /**
   * Runs one look: passes with its facts, is left out where a text says why, or fails with what the look throws on purpose.
   * Null where it did not pass.
   */
  ask<R extends Rung>(rung: R, look: Look<R>): Promise<RungFacts[R] | null>;
  /** Says what the target is called, as soon as that is known. */
  setTarget(target: string): void;
  /** The diagnosis; a rung that was not reached is left out. */
  getDiagnosis(): Diagnosis<PlinthError>;
}

/** Begins a diagnosis of one kind of target. */
export function createLadder(kind: keyof typeof LADDERS): Ladder {
  let target = 'the target';
  const rungs = [...LADDERS[kind], ...SERVER];
  const steps = new Map<Rung, DiagnosisStep<PlinthError>>();
  const add = (step: DiagnosisStep<PlinthError>): void => void steps.set(step.rung, step);
  const ladder: Ladder = {
    pass: (rung, facts, findings = []) =>
      add({ rung, outcome: 'passed', facts, findings } as DiagnosisStep<PlinthError>),
    fail: (rung, problem) => add({ rung, outcome: 'failed', problem }),
    leave: (rung, after, reason) => add({ rung, outcome: 'not-asked', after, reason: reason ?? null }),
    getProblem(rung) {
      const step = steps.get(rung);
      return step?.outcome === 'failed' ? step.problem : null;
    },
    failNext: (problem) => ladder.fail(rungs.find((rung) => !steps.has(rung)) ?? rungs.at(-1)!, problem),
    async ask(rung, look) {
      try {
        const findings: Finding[] = [];
        const facts = await look((finding) => findings.push(finding));
        if (typeof facts === 'string') {
          ladder.leave(rung, null, facts);
          return null;
        }
        ladder.pass(rung, facts, findings);
        return facts;
      } catch (error) {
        if (!isPlinthError(error) || error.code === 'ABORTED') throw error;
        ladder.fail(rung, error);
        return null;
      }
    },
    setTarget(name) {
      target = name;
    },
    getDiagnosis() {
      // What a rung that was not reached stands on: the last one that failed, else the last one that was asked.
      let [failed, asked]: [Rung | null, Rung | null] = [null, null];
      const all = rungs.map((rung): DiagnosisStep<PlinthError> => {
        const step = steps.get(rung) ?? { rung, outcome: 'not-asked', after: failed ?? asked, reason: null };
        if (step.outcome === 'failed') failed = rung;
        if (step.outcome === 'passed') asked = rung;
        return step;
      });
      return { target, ok: all.every(({ outcome }) => outcome !== 'failed'), steps: all };
    },
  };
  return ladder;
}
