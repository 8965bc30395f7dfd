import type { Comparison } from '../compare.js';
import { WELL_KNOWN } from '../race.js';
import type { BenchResult, Measurement } from '../result.js';
import { getTargets, type Target } from '../targets.js';
import { hasChart } from './chart.js';
import { renderRows } from './figures.js';

/** What docs/benchmarks.md says of a run; `earlier` is a comparison with a run before. */
export function renderDocument(result: BenchResult, earlier: Comparison | null): string {
  return [
    renderIntroduction(result),
    renderEnvironment(result),
    renderTargets(getTargets(result)),
    renderAgreement(earlier),
    ...result.measurements.map(renderMeasurement),
    REPEAT,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

const renderIntroduction = ({ environment }: BenchResult): string => `# Benchmarks

This page is written by \`npm run bench\`; every figure on it was seen in the run that it names. ${
  environment.history === null
    ? 'The histories are generated, the same for all, and each tool reads them in its own format.'
    : `The history is ${environment.history}.`
}
All work on the same PostgreSQL, one after the other in turns whose order rotates from
round to round; a round before the first one warms up. Rounds go on until the 95 % confidence interval of every ratio is no wider than
${Math.round((WELL_KNOWN - 1) * 100)} %, at most twice as many as there are anyway. The servers’ data lie in memory where there is room (\`/dev/shm\`, in the cluster a volume in
memory): on a disk that makes and drops databases all the time the same run takes two to four times as long as at first. Databases are made outside of what is timed, and what a run left is counted
(tables, columns, indexes, constraints, triggers), so that a run that failed is not taken for a fast one.

A figure is the median of the rounds, or the 95th percentile where it says so; the line in a bar goes from the least to the most, as
far as there is room. “To …” is
how many times as much as that one: the median of the quotients of the rounds. Ratios can be compared with those of another machine,
milliseconds cannot.`;

const REPEAT = `## To repeat it

\`\`\`sh
npm ci
npm run peers                          # the other tools, into a cache; those that are missing are left out
npm run cluster:up                     # for what happens in a cluster; without one that is left out
npm run bench -- --json first.json
npm run bench -- --json second.json --earlier first.json
npm run bench -- --compare first.json second.json
\`\`\`

A run of everything writes this page and its charts. \`npm run bench -- --folder DIR\` measures a folder of yours beside psql and the tool that
it is written for; \`--help\` tells the rest.`;

function renderEnvironment({ environment, seconds }: BenchResult): string {
  const { date, plinth, machine, node, server, settings, data, peers, missing, load } = environment;
  const rows: readonly (readonly [string, string])[] = [
    ['date', `${date.slice(0, 16).replace('T', ' ')} UTC, ${Math.round(seconds / 60)} minutes`],
    ['Plinth', plinth],
    ['machine', machine],
    ['Node.js', node],
    ['PostgreSQL', server],
    ['its settings', settings.join(', ')],
    ['its data', data],
    ['load before and after', load.join(', ')],
    ['others', list(peers)],
    ['missing here', Object.keys(missing).length === 0 ? 'none' : list(missing)],
  ];
  return `## The run\n\n| | |\n|---|---|\n${rows.map(([name, value]) => `| ${name} | ${escapeCell(value)} |`).join('\n')}`;
}

const list = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => (value === '' ? name : `${name} (${value})`))
    .join(', ');

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function renderTargets(targets: readonly Target[]): string {
  if (targets.length === 0) return '';
  const rows = targets.map(({ work, target, found, met }) => {
    const word = met === null ? '–' : met ? 'met' : '**not met**';
    return `| ${work} | ${target} | ${found} | ${word} |`;
  });
  return `## What it is to reach\n\n| work | target | found | |\n|---|---|---|---|\n${rows.join('\n')}`;
}

function renderAgreement(earlier: Comparison | null): string {
  if (earlier === null) return '';
  const { date, own, ownAgreeing, all, agreeing } = earlier;
  return `## Beside the run before\n\nOf Plinth’s ${own} ratios of this run ${ownAgreeing} are within 20 % of those of the run of ${date.slice(0, 16).replace('T', ' ')} UTC; of all ${all}, ${agreeing}.`;
}

function renderMeasurement(measurement: Measurement): string {
  const { id, title, what, entries, facts } = measurement;
  const rounds = Math.max(0, ...entries.map(({ values }) => values.length));
  const all = renderRows(measurement);
  const used = all[0]!.map((_, at) => at === 0 || all.some((row) => row[at] !== ''));
  const [header, ...rows] = all.map((row) => row.filter((_, at) => used[at]));
  const table = [header!, header!.map((_, at) => (at === 0 ? '---' : '--:')), ...rows];
  return [
    `## ${title}`,
    `${what} ${rounds} values each.`,
    hasChart(measurement) ? `![${title.replaceAll(/[[\]]/g, '')}](benchmarks/${id}.svg)` : '',
    table.map((cells) => `| ${cells.map((cell) => escapeCell(cell)).join(' | ')} |`).join('\n'),
    Object.entries(facts ?? {})
      .map(([name, value]) => `${name}: ${value}.`)
      .join(' '),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
