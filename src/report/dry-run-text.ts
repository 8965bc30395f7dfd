import type { DryRun } from '../model/dry-run.js';
import { renderHolder } from './event-text.js';
import { renderFinding } from './finding-words.js';
import { renderList } from './measure.js';
import { getErrorValue, renderLine } from './ndjson.js';
import { renderPlanJson } from './plan-json.js';
import { type PlanTextOptions, renderPlanText } from './plan-text.js';
import { redact } from './redact.js';

/** What a run would do, for people; the problems are told as errors are. */
export function renderDryRun(run: DryRun<unknown>, options: PlanTextOptions = {}): string {
  const style = options.style;
  const paint = (text: string): string => style?.warn(text) ?? text;
  const holder = run.lock?.holder ?? null;
  const plan = run.plan === null ? [] : [renderPlanText(run.plan, options)];
  const rest = [
    ...(run.outcome === 'nothing-to-do' && run.plan === null
      ? ['Nothing to do: all of it is in the database already.']
      : []),
    ...(run.adopted.length === 0
      ? []
      : [`A run would adopt what is there as the history leaves it: ${renderList(run.adopted, 20)}`]),
    ...run.findings.map((finding) => redact(`  ${finding.severity}: ${renderFinding(finding)}`)),
    ...(holder === null ? [] : [paint(`A run would wait for the lock, held by ${renderHolder(holder)}.`)]),
    LAST[run.outcome],
  ];
  return `${[...plan, rest.join('\n')].join('\n')}\n`;
}

const LAST: Readonly<Record<DryRun<unknown>['outcome'], string>> = {
  'would-apply': 'Nothing was changed: this was a dry run.',
  'nothing-to-do': 'Nothing was changed: this was a dry run.',
  blocked: 'Nothing was changed. A run would not get this far:',
};

/** The line of `apply --dry-run --json` that says what a run would do. */
export function renderDryRunJson(run: DryRun<unknown>): string {
  return renderLine({
    type: 'dry-run' as const,
    outcome: run.outcome,
    target: run.target,
    plan: run.plan === null ? null : renderPlanJson(run.plan),
    adopted: run.adopted,
    lock: run.lock,
    findings: run.findings,
    problems: run.problems.map(getErrorValue),
  });
}
