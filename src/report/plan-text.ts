import { renderPlace } from '../model/place.js';
import type { LeftOut, LeftOutStatement, Plan, PlannedMigration, Step } from '../model/plan.js';
import { renderCount, renderList } from './measure.js';
import { NOT_PROVEN } from './proof-words.js';
import { renderReason } from './reason-words.js';
import { renderSqlSummary } from './sql-summary.js';
import { PLAIN, type Style } from './style.js';

/** How to set a plan. */
export interface PlanTextOptions {
  /** Width of the terminal in characters. Default: none, lines are as long as they need. */
  readonly columns?: number | undefined;
  readonly style?: Style;
  /** Names each statement that is left out. Default: counts only. */
  readonly leftOut?: boolean;
}

const SUMMARY_WIDTH = 60;

/** A plan for people: per migration each statement with its line and its reason, then what is left out. */
export function renderPlanText(plan: Plan, options: PlanTextOptions = {}): string {
  const style = options.style ?? PLAIN;
  const columns = options.columns ?? Number.POSITIVE_INFINITY;
  const width = Math.min(SUMMARY_WIDTH, Math.max(20, columns - 10));
  const migrations = plan.migrations.filter((migration) => migration.steps.length > 0);
  const blocks = migrations.flatMap((migration, i) => [
    ...renderCodeSteps(plan, migrations[i - 1]?.ordinal ?? -1, migration.ordinal, style),
    renderMigration(migration, { width, columns, style }),
  ]);
  const last = migrations.at(-1)?.ordinal ?? -1;
  const summary = [
    ...renderTotals(plan),
    ...(options.leftOut === true ? renderLeftOut(plan.leftOut, width) : []),
  ];
  const tail = renderCodeSteps(plan, last, Number.POSITIVE_INFINITY, style);
  return `${[...blocks, ...tail, summary.join('\n')].join('\n\n')}\n`;
}

/** The steps in code between two migrations, as one block; none where there are none. */
function renderCodeSteps({ codeSteps }: Plan, after: number, upTo: number, style: Style): string[] {
  const between = codeSteps.filter(({ before }) => before > after && before <= upTo);
  const lines = between.map(({ name }) => `${style.strong(name)}  ${style.warn('(step in code: not run)')}`);
  return lines.length === 0 ? [] : [lines.join('\n')];
}

interface Layout {
  readonly width: number;
  readonly columns: number;
  readonly style: Style;
}

function renderMigration(migration: PlannedMigration, layout: Layout): string {
  const lines = migration.steps.map((step) => [step, renderSqlSummary(step.sql, layout.width)] as const);
  const longest = Math.max(...lines.map(([, summary]) => [...summary].length));
  let file = migration.name;
  return [
    layout.style.strong(migration.name) + renderNotes(migration),
    ...lines.flatMap(([step, summary]) => {
      const before = file;
      file = step.file ?? migration.name;
      const heading = file === before ? [] : [layout.style.dim(`  in ${file}`)];
      return [...heading, renderStep(step, summary, longest, layout)];
    }),
  ].join('\n');
}

function renderNotes({ transaction, steps, outdated, recorded }: PlannedMigration): string {
  const outside = steps.filter((step) => step.outside).length;
  const notes = [
    ...(recorded === true ? ['recorded SQL of a step in code'] : []),
    ...(outdated === undefined ? [] : ['changed since it ran, so it runs again']),
    ...(transaction === 'none' ? ['no transaction'] : []),
    ...(transaction === 'none' || outside === 0
      ? []
      : [`${renderCount(outside, 'statement')} outside of the transaction`]),
  ];
  return notes.length === 0 ? '' : `  (${notes.join('; ')})`;
}

function renderStep(step: Step, summary: string, longest: number, { columns, style }: Layout): string {
  const head = `${String(step.line).padStart(5)}  ${summary}`;
  const reason = renderReason(step.reason);
  if (reason === '') return head;
  const worded = step.reason.why === 'unobserved' ? style.warn(reason) : style.dim(reason);
  const gap = ' '.repeat(longest - [...summary].length + 2);
  return 7 + longest + 2 + [...reason].length <= columns
    ? `${head}${gap}${worded}`
    : `${head}\n         ${worded}`;
}

function renderTotals(plan: Plan): string[] {
  const steps = plan.migrations.flatMap((migration) => migration.steps);
  const elided = plan.migrations.reduce((sum, migration) => sum + migration.elided.length, 0);
  const count = (why: Step['reason']['why']): number =>
    steps.filter((step) => step.reason.why === why).length;
  const of = ` of ${renderCount(plan.history.statements, 'statement')}`;
  const what = plan.tables.length === 0 ? 'the whole history' : renderList(plan.tables);
  const { statements, unneeded, idle, outside } = plan.leftOut;
  const rest = [
    [unneeded.length, 'not needed'],
    [idle.length, 'without effect'],
    [outside.length, 'about partitions outside of the window'],
  ] as const;
  const parts = rest.filter(([size]) => size > 0);
  const kinds = parts.map(([size, words]) => (parts.length === 1 ? words : `${size} ${words}`)).join(', ');
  return [
    steps.length === 0
      ? `Nothing to do for ${what}.`
      : `${steps.length}${of} for ${what}${plan.creates.length > 0 ? `; makes ${renderList(plan.creates)}` : ''}.`,
    ...(plan.already > 0 ? [`In the database already: ${renderCount(plan.already, 'statement')}.`] : []),
    ...(elided > 0 ? [`Need not run, their tables being new: ${renderCount(elided, 'statement')}.`] : []),
    ...(statements > 0
      ? [`Left out: ${renderCount(statements, 'statement')}${kinds === '' ? '' : ` (${kinds})`}.`]
      : []),
    ...(count('order') > 0
      ? [`Kept so that later requests still fit: ${count('order')} (see --alone).`]
      : []),
    ...(plan.codeSteps.length > 0
      ? [`Steps in code, which Plinth does not run: ${plan.codeSteps.length}.`]
      : []),
    ...(plan.proof === 'stale' ? [NOT_PROVEN] : []),
    ...(plan.proof === 'not-provable'
      ? ['Not proven in all parts: plinth prove could not do it (docs/proof.md).']
      : []),
    ...(count('unobserved') > 0 ? [`Kept because they could not be observed: ${count('unobserved')}.`] : []),
  ];
}

function renderLeftOut({ unneeded, idle, outside }: LeftOut, width: number): string[] {
  return [
    ...renderOmitted('Not needed:', unneeded, width),
    ...renderOmitted('Without effect:', idle, width),
    ...renderOmitted('Outside of the window:', outside, width),
  ];
}

function renderOmitted(title: string, statements: readonly LeftOutStatement[], width: number): string[] {
  if (statements.length === 0) return [];
  const lines = statements.map(
    (statement) => `  ${renderPlace(statement)}  ${renderSqlSummary(statement.sql, width)}`,
  );
  return ['', title, ...lines];
}
