import { describe, expect, test } from 'vitest';
import { parseBenchArguments } from '../../scripts/bench/arguments.js';
import { compareResults, renderComparison } from '../../scripts/bench/compare.js';
import { renderChart } from '../../scripts/bench/render/chart.js';
import { renderDocument } from '../../scripts/bench/render/document.js';
import { renderTerminal } from '../../scripts/bench/render/terminal.js';
import type { BenchResult, Measurement } from '../../scripts/bench/result.js';
import { getTargets } from '../../scripts/bench/targets.js';

const WHOLE: Measurement = {
  id: 'whole-small',
  title: 'Whole history from empty: 10 tables <& more>',
  unit: 'ms',
  what: 'All of it.',
  entries: [
    { name: 'plinth', role: 'plinth', values: [100, 110, 120] },
    { name: 'psql', role: 'floor', values: [100, 100, 100] },
    { name: 'goose', role: 'peer', values: [200, 220, 240] },
    { name: 'dbmate', role: 'peer', values: [150, 150, 150] },
    { name: 'flyway', role: 'peer', values: [], failure: 'left 3 tables and not 10 | tables' },
  ],
};
const NOTHING: Measurement = {
  ...{ id: 'nothing', title: 'Nothing to do', unit: 'ms', what: 'Again.' },
  entries: [
    { name: 'plinth', role: 'plinth', values: [90, 90, 90] },
    { name: 'node alone', role: 'floor', values: [40, 40, 40] },
  ],
};

const createResult = (...measurements: readonly Measurement[]): BenchResult => ({
  format: 'plinth-bench/1',
  environment: {
    history: null,
    date: '2026-11-27T15:00:00.000Z',
    plinth: '0.1.0 (abc)',
    machine: '2 × processor',
    node: 'v20',
    server: 'PostgreSQL 15',
    settings: ['fsync=off'],
    data: '/tmp',
    peers: { goose: '3' },
    missing: { kysely: 'npm run peers -- kysely' },
    load: [0.1, 2],
  },
  seconds: 600,
  measurements,
});

describe('targets', () => {
  const targets = getTargets(createResult(WHOLE, NOTHING));
  const find = (target: string) => targets.find((one) => one.target === target && one.met !== null);

  test('are judged by the figures', () => {
    expect(find('within 1.1× of psql')).toMatchObject({ found: '1.10× psql', met: true });
    expect(find('ahead of every migration tool')).toMatchObject({ found: '0.73× dbmate', met: true });
    expect(find('node alone plus 40 ms at most')).toMatchObject({
      found: 'node alone plus 50 ms',
      met: false,
    });
  });

  test('that were not measured are neither met nor missed', () => {
    expect(targets.find(({ target }) => target === 'p95 under 50 ms')).toMatchObject({
      found: 'not measured',
      met: null,
    });
  });
});

describe('a measurement', () => {
  test('is a table with the ratios to the best peer and to the floor, and with what failed', () => {
    const text = renderTerminal(WHOLE);
    expect(text).toContain('to dbmate');
    expect(text).toMatch(/plinth +110 +100 +120 +0\.73× +1\.10×/);
    expect(text).toContain('left 3 tables and not 10 | tables');
  });

  test('is a chart that is well-formed, with colours for a dark page, and only of what has values', () => {
    const svg = renderChart(WHOLE);
    expect(svg).toContain('10 tables &lt;&amp; more&gt;');
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg.match(/<rect/g)).toHaveLength(4);
    expect(svg).not.toContain('flyway');
  });

  test('is a part of the document, which names machine, versions, what is missing, and how to repeat it', () => {
    const result = createResult(WHOLE);
    const text = renderDocument(result, compareResults(result, result));
    expect(text).toContain('![Whole history from empty: 10 tables <& more>](benchmarks/whole-small.svg)');
    expect(text).toContain('| flyway | left 3 tables and not 10 \\| tables |');
    expect(text).toContain('2 × processor');
    expect(text).toContain('kysely (npm run peers -- kysely)');
    expect(text).toContain('| within 1.1× of psql | 1.10× psql | met |');
    expect(text).toContain('npm run bench -- --json first.json');
    expect(text).toMatch(/Of Plinth’s 2 ratios .* 2 are within 20 %/);
  });
});

describe('two runs', () => {
  const slower: Measurement = {
    ...WHOLE,
    entries: WHOLE.entries.map((entry) =>
      entry.name === 'plinth' ? { ...entry, values: entry.values.map((value) => value * 1.3) } : entry,
    ),
  };

  test('agree where all ratios are within 20 %, however slow the machine was', () => {
    const double = (measurement: Measurement): Measurement => ({
      ...measurement,
      entries: measurement.entries.map((entry) => ({
        ...entry,
        values: entry.values.map((value) => value * 2),
      })),
    });
    const compared = compareResults(createResult(WHOLE), createResult(double(WHOLE), NOTHING));
    expect(compared).toMatchObject({ own: 2, ownAgreeing: 2, all: 6, agreeing: 6 });
  });

  test('differ where one ratio is more than that apart, and it is named', () => {
    const compared = compareResults(createResult(WHOLE), createResult(slower));
    expect(compared).toMatchObject({ own: 2, ownAgreeing: 0 });
    expect(renderComparison(compared)).toContain('whole-small: plinth to dbmate: 0.73× and 0.95×');
  });
});

describe('arguments', () => {
  test.each([
    [['--only', 'whole,nix'], 'there is no measure nix'],
    [['--rounds', 'many'], '--rounds takes a number above 0'],
    [['--server', 'mine'], '--server is system or embedded'],
    [['--compare', 'a.json'], '--compare takes two files'],
    [['--fast'], "Unknown option '--fast'"],
    [['whole'], 'what is whole?'],
  ])('%j are refused, with what is wrong and the help', (args, problem) => {
    expect(() => parseBenchArguments(args)).toThrow(problem);
    expect(() => parseBenchArguments(args)).toThrow('npm run bench -- --only');
  });

  test('are read', () => {
    expect(parseBenchArguments(['--only', 'whole', '--rounds', '9'])).toMatchObject({
      ask: 'run',
      options: { only: ['whole'], rounds: 9, isQuick: false, folder: null },
    });
  });
});
