import type { RunEvent } from '../model/event.js';
import type { FleetReport, FleetStop, TargetError, TargetResult } from '../model/fleet.js';
import { cut, renderCount, renderDuration, renderList } from './measure.js';
import { getErrorValue, renderLine } from './ndjson.js';
import { redact } from './redact.js';
import { PLAIN, type Style } from './style.js';

// Of 250 in a ConfigMap, which holds 1 MiB.
const MESSAGE = 1_500;
const HINT = 500;
const EVIDENCE = 5;
/** So many are all shown; of more, those that are not as they should be. */
const ALL_SHOWN = 20;

/** An error as the report of a fleet has it: without secrets, and no larger than a report of many can bear. */
export function getTargetError(error: unknown): TargetError {
  const { code, findings, hint, message } = getErrorValue(error);
  const value: TargetError = {
    code,
    message: cut(message, MESSAGE),
    hint: hint === null ? null : cut(hint, HINT),
    // The first one is the error itself.
    findings: findings.slice(0, 3).map((finding, index) => ({
      ...finding,
      args: index === 0 && finding.code === code ? {} : finding.args,
      ...(finding.evidence === undefined
        ? {}
        : { evidence: finding.evidence.slice(-EVIDENCE).map((line) => cut(line, 200)) }),
    })),
  };
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => (typeof item === 'string' ? redact(item) : item)),
  ) as TargetError;
}

/** What became of one database, in a line. */
export function renderTargetResult({ error, outcome, statements, target }: TargetResult): string {
  const what = {
    applied: `applied ${renderCount(statements, 'statement')}`,
    already: 'there already',
    before: 'done before, not asked again',
    failed: `failed: ${error?.code}: ${error?.message}`,
    left: 'left',
  }[outcome];
  return redact(`${target}  ${what}`);
}

const STOPS: Readonly<Record<FleetStop, string>> = {
  aborted:
    'Stopped: its Job is suspended. Databases that are done stay done; the same command goes on with the rest.',
  canary: 'The canary failed: the rest was not begun. Mend what failed, and run the same again.',
  'max-failures':
    'More failed than --max-failures allows: the rest was left. Mend what failed, and run the same again.',
  job: 'Its Job ended before it came to all databases: kubectl describe job tells why. The same command goes on with the rest.',
};

/** The report for people: a line for each database where they are few, else for those that are not as they should be. */
export function renderFleetReport(
  report: FleetReport,
  { style = PLAIN, verbose = false }: { readonly style?: Style; readonly verbose?: boolean } = {},
): string {
  const { counts, targets } = report;
  const isAllShown = verbose || targets.length <= ALL_SHOWN;
  const shown = targets.filter(({ outcome }) => isAllShown || outcome === 'failed');
  const width = Math.max(0, ...shown.map(({ target }) => target.length));
  const lines = shown.flatMap((result) => renderRow(result, width, style));
  const left = targets.filter(({ outcome }) => outcome === 'left').map(({ target }) => target);
  return redact(
    [
      ...lines,
      ...(left.length === 0 || isAllShown ? [] : [`left: ${renderList(left, 5)}`]),
      renderCounts(report),
      ...(report.stopped === null ? [] : [style.warn(STOPS[report.stopped])]),
      ...(report.stopped === null && counts.failed > 0
        ? ['Mend what failed, and run the same again: it asks only those that are left.']
        : []),
    ].join('\n'),
  );
}

function renderRow(result: TargetResult, width: number, style: Style): readonly string[] {
  const { elapsedMs, error, outcome, statements, target } = result;
  const name = target.padEnd(width);
  if (outcome === 'failed') {
    const [first = '', ...rest] = (error?.message ?? '').split('\n');
    return [
      `${name}  ${style.bad('failed')}  ${error?.code}: ${first}`,
      ...rest.map((line) => `    ${line}`),
      ...(error?.findings ?? []).flatMap(({ evidence = [] }) =>
        evidence.map((line) => style.dim(`    ${line}`)),
      ),
      ...(error?.hint == null
        ? []
        : [`    ${style.strong('hint:')} ${error.hint.replaceAll('\n', '\n    ')}`]),
    ];
  }
  const what = {
    applied: `applied  ${renderCount(statements, 'statement')}, ${renderDuration(elapsedMs)}`,
    already: 'already  nothing to do',
    before: 'before   done by an earlier run, not asked again',
    left: 'left',
  }[outcome];
  return [`${name}  ${what}`];
}

function renderCounts({ counts, elapsedMs, targets }: FleetReport): string {
  const parts = [
    `${counts.applied} applied`,
    ...(counts.already > 0 ? [`${counts.already} there already`] : []),
    ...(counts.before > 0 ? [`${counts.before} done before`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.left > 0 ? [`${counts.left} left`] : []),
  ];
  return `${renderCount(targets.length, 'database')}: ${parts.join(', ')} (${renderDuration(elapsedMs)}).`;
}

/** The last line of `fleet --json`. */
export const renderFleetJson = (report: FleetReport): string => renderLine({ type: 'fleet', report });

type Planned = Extract<RunEvent, { type: 'fleet-planned' }>;
type Job = Extract<RunEvent, { type: 'fleet-job' }>;
type Target = Extract<RunEvent, { type: 'fleet-target' }>;

/** How much there is to do. */
export function renderFleetPlanned({ canary, fleet, left, targets }: Planned): string {
  const before = left === targets ? '' : `, ${targets - left} of them done before`;
  const first = canary === 0 ? '' : `; ${canary} of them first`;
  return `Fleet ${fleet}: ${renderCount(targets, 'database')}${before}${first}.`;
}

/** What a Job of the fleet is about to do, or did. */
export function renderFleetJob({ job, namespace, parallelism, pods, state, targets }: Job): string {
  const place = `Job ${job} in ${namespace}`;
  const size = `${renderCount(targets, 'database')} in ${renderCount(pods, 'pod')}, ${parallelism} at a time`;
  return {
    created: `${place}: ${size}. Ctrl-C suspends it.`,
    'taken-up': `${place} still runs: ${size}; waiting for it. Ctrl-C suspends it.`,
    suspended: `${place} is suspended.`,
    ended: `${place} has ended.`,
  }[state];
}

/** How far it is. */
export const renderFleetLive = ({ done, failed, total }: Target): string =>
  `${done} of ${renderCount(total, 'database')}${failed === 0 ? '' : `, ${failed} failed`}`;
