import type { RunResult, StepStatus } from '../model/result.js';
import { renderCount, renderDuration, renderList } from './measure.js';

/** What a run did, in one or a few lines. */
export function renderResult(result: RunResult): string {
  const what = result.tables.length === 0 ? 'the whole history' : renderList(result.tables);
  if (result.outcome === 'nothing-to-do') {
    return `Nothing to do: ${what} ${result.tables.length > 1 ? 'are' : 'is'} in the database already (${renderDuration(result.elapsedMs)}).`;
  }
  const steps = result.steps;
  const count = (status: StepStatus): number => steps.filter((step) => step.status === status).length;
  const migrations = new Set(steps.filter((step) => step.status === 'applied').map((step) => step.migration));
  const others = [
    ...(result.already > 0 ? [`${result.already} there already`] : []),
    ...(count('elided') > 0 ? [`${count('elided')} without effect`] : []),
    ...(count('skipped') > 0 ? [`${count('skipped')} skipped`] : []),
  ];
  const done =
    migrations.size === 0
      ? 'Nothing needed to run'
      : `Applied ${renderCount(count('applied'), 'statement')} of ${renderCount(migrations.size, 'migration')}`;
  const rest = others.length > 0 ? ` (${others.join(', ')})` : '';
  return [
    `${done} for ${what} in ${renderDuration(result.elapsedMs)}${rest}.`,
    ...(result.adopted.length > 0 ? [`Adopted: ${renderList(result.adopted, 20)}`] : []),
    ...(result.created.length > 0 ? [`Made: ${renderList(result.created, 20)}`] : []),
    ...(result.verified?.ok === true
      ? [`Verified: ${renderCount(result.verified.checked, 'object')} as the history leaves them.`]
      : []),
  ].join('\n');
}

/** What of a run that did not end well is committed, and what is not. */
export function renderCommitted(result: RunResult): string {
  const applied = result.steps.filter(({ status }) => status === 'applied' || status === 'adopted');
  const open = result.steps.filter((step) => step.status === 'not-executed').length;
  const names = [...new Set(applied.map((step) => step.migration))];
  const committed =
    applied.length === 0
      ? 'nothing of this run'
      : `${renderCount(applied.length, 'statement')} of ${renderList(names, 5)}`;
  return `${committed}${open > 0 ? `; not executed: ${renderCount(open, 'statement')}` : ''}`;
}

/** Where the embedded server is, which stays up after the run. */
export function renderEmbedded(target: string, dataDir: string): string {
  return `PostgreSQL in ${dataDir} stays up: postgresql://${target}`;
}
