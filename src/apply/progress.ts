import type { Adoption } from '../model/adoption.js';
import type { OnEvent } from '../model/event.js';
import type { Finding } from '../model/finding.js';
import type { Plan, PlannedMigration, Step } from '../model/plan.js';
import type { RunResult, StepStatus } from '../model/result.js';

/** Keeps what became of every planned step, through lost sessions, so that a result can be made at any moment. */
export interface Progress {
  /** Takes a plan; steps of an earlier one that it no longer has were committed unseen, and those that it has again are lost. */
  begin(plan: Plan): void;
  mark(steps: readonly Step[], status: StepStatus): void;
  add(finding: Finding): void;
  /** Takes what is in the ledger now without having run. */
  adopt(adoption: Adoption): void;
  /** The tables of the first plan, and what has run of all. */
  readonly creates: readonly string[];
  readonly hasSteps: boolean;
  readonly hasAdopted: boolean;
  getResult(outcome: RunResult['outcome'], created: readonly string[]): RunResult;
}

/** Starts with nothing known; findings are told to `onEvent` as they come. */
export function createProgress(run: string, onEvent: OnEvent | undefined): Progress {
  const start = performance.now();
  const steps = new Map<string, { readonly step: Step; status: StepStatus }>();
  const findings: Finding[] = [];
  const adopted: string[] = [];
  let first: Plan | null = null;
  return {
    begin(plan) {
      const planned = plan.migrations.flatMap(getPlannedSteps);
      const now = new Set(planned.map(getStepKey));
      for (const [key, entry] of steps) {
        if (!now.has(key) && entry.status === 'not-executed') entry.status = 'applied';
      }
      for (const step of planned) {
        const known = steps.get(getStepKey(step));
        if (known === undefined) steps.set(getStepKey(step), { step, status: 'not-executed' });
        else known.status = 'not-executed';
      }
      first ??= plan;
    },
    mark(marked, status) {
      for (const step of marked) steps.set(getStepKey(step), { step, status });
    },
    add(finding) {
      findings.push(finding);
      onEvent?.({ type: 'finding', finding });
    },
    adopt({ tables, steps: own, findings: told }) {
      for (const step of own) steps.set(getStepKey(step), { step, status: 'adopted' });
      adopted.push(...tables);
      onEvent?.({ type: 'adopted', tables, statements: own.length });
      for (const finding of told) this.add(finding);
    },
    get creates() {
      return first?.creates ?? [];
    },
    get hasSteps() {
      return [...steps.values()].some(({ status }) => status !== 'adopted');
    },
    get hasAdopted() {
      return adopted.length > 0;
    },
    getResult: (outcome, created) => ({
      outcome,
      run,
      tables: first?.tables ?? [],
      created,
      adopted: [...adopted],
      already: first?.already ?? 0,
      steps: [...steps.values()].map(({ step, status }) => ({
        migration: step.migrationName,
        statement: step.index,
        file: step.file,
        line: step.line,
        status,
      })),
      findings: [...findings],
      verified: null,
      elapsedMs: Math.round(performance.now() - start),
    }),
  };
}

/** Tells steps apart within a history, whatever the plan. */
export function getStepKey(step: { readonly migrationId: string; readonly index: number }): string {
  return `${step.index} ${step.migrationId}`;
}

function getPlannedSteps(migration: PlannedMigration): readonly Step[] {
  return [...migration.steps, ...migration.elided].sort((a, b) => a.index - b.index);
}
