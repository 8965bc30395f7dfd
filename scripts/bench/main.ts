import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchOptions, HELP, parseBenchArguments } from './arguments.js';
import { compareResults, renderComparison } from './compare.js';
import { hasChart, renderChart } from './render/chart.js';
import { renderDocument } from './render/document.js';
import { renderTerminal } from './render/terminal.js';
import type { BenchResult } from './result.js';
import { runBench } from './run.js';
import { getTargets } from './targets.js';

const DOCS = 'docs';
const LEAST_ROUNDS = 7;

function readResult(file: string): BenchResult {
  const result = JSON.parse(readFileSync(file, 'utf8')) as BenchResult;
  if (result.format !== 'plinth-bench/1') throw new Error(`${file} is not what --json has written.`);
  return result;
}

function compare(first: string, second: string): void {
  const compared = compareResults(readResult(first), readResult(second));
  console.log(renderComparison(compared));
  if (compared.ownAgreeing < compared.own) process.exitCode = 1;
}

async function run(options: BenchOptions): Promise<void> {
  // What cannot be read is told before minutes have passed.
  const earlier = options.earlier === null ? null : readResult(options.earlier);
  const result = await runBench(
    options,
    (line) => console.error(line),
    (measurement) => console.log(`\n${renderTerminal(measurement)}`),
  );
  const { environment, seconds, measurements } = result;
  const measured = getTargets(result).filter(({ met }) => met !== null);
  if (measured.length > 0) console.log('\nTargets');
  for (const { work, target, found, met } of measured)
    console.log(`  ${met ? 'met    ' : 'NOT MET'}  ${work}: ${found} (${target})`);
  console.log(`\n${seconds} s, load ${environment.load.join(' to ')}; ${environment.server}`);
  for (const [name, how] of Object.entries(environment.missing)) console.log(`missing: ${name} (${how})`);
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(result)}\n`);
  const comparison = earlier === null ? null : compareResults(earlier, result);
  if (comparison !== null) console.log(renderComparison(comparison));
  const folder = options.out ?? (isWhole(options) ? DOCS : null);
  if (folder === null) return;
  mkdirSync(join(folder, 'benchmarks'), { recursive: true });
  for (const measurement of measurements) {
    if (hasChart(measurement))
      writeFileSync(join(folder, 'benchmarks', `${measurement.id}.svg`), renderChart(measurement));
  }
  writeFileSync(join(folder, 'benchmarks', 'results.json'), `${JSON.stringify(result)}\n`);
  writeFileSync(join(folder, 'benchmarks.md'), renderDocument(result, comparison));
  console.log(`Written: ${join(folder, 'benchmarks.md')}`);
}

/** A run that may be published by itself. */
function isWhole({ only, peers, rounds, isQuick, server, folder }: BenchOptions): boolean {
  const isAll = only === null && peers === null && folder === null && server === undefined;
  return isAll && !isQuick && (rounds === null || rounds >= LEAST_ROUNDS);
}

try {
  const asked = parseBenchArguments(process.argv.slice(2));
  if (asked.ask === 'help') console.log(HELP);
  else if (asked.ask === 'compare') compare(...asked.files);
  else await run(asked.options);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
