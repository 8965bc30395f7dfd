import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Appliers, findAppliers } from './appliers.js';
import type { Bench } from './bench.js';
import { createFolders } from './history/folders.js';
import { describeMachine, describePlinth, readLoad } from './machine.js';
import { MEASURES } from './measures.js';
import { renderTerminal } from './render/terminal.js';
import type { BenchResult, Measurement } from './result.js';
import { type BenchServer, startBenchServer } from './server.js';

const HELP = `npm run bench                        Plinth beside other tools, in turns, on one PostgreSQL
npm run bench -- --only NAME,…       some measures: ${MEASURES.map(({ name }) => name).join(', ')}
npm run bench -- --peers NAME,…      beside these peers only: psql, goose, …
npm run bench -- --rounds N          as many rounds for each measure (7 at least, but with --quick)
npm run bench -- --quick             the smallest history, one round: to see that it runs
npm run bench -- --server NAME       system or embedded; the system's where there is one
npm run bench -- --json FILE         keeps all values`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    server: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(HELP);
else await main();

async function main(): Promise<void> {
  const begun = Date.now();
  const before = readLoad();
  const only = values.only?.split(',');
  const unknown = (only ?? []).filter((name) => MEASURES.every((measure) => measure.name !== name));
  if (unknown.length > 0) throw new Error(`There is no measure ${unknown.join(', ')}.\n\n${HELP}`);
  const dir = mkdtempSync(join(tmpdir(), 'plinth-bench-'));
  const server = await startBenchServer(values.server as 'system' | 'embedded' | undefined);
  const measurements: Measurement[] = [];
  try {
    const cacheDir = join(dir, 'cache');
    mkdirSync(cacheDir);
    const appliers = findAppliers(cacheDir, server.bin, values.peers?.split(',') ?? null);
    const missing: Record<string, string> = { ...appliers.missing };
    const bench: Bench = {
      server,
      folders: createFolders(join(dir, 'histories')),
      appliers: appliers.all,
      dir,
      cacheDir,
      getRounds: (usual) => (values.quick ? 1 : Math.max(7, Number(values.rounds ?? usual))),
      isQuick: values.quick,
      tell: (line) => console.error(line),
      noteMissing: (name, how) => {
        missing[name] = how;
      },
    };
    for (const measure of MEASURES.filter(({ name }) => only === undefined || only.includes(name))) {
      const found = await measure.take(bench);
      for (const measurement of found) console.log(`\n${renderTerminal(measurement)}`);
      measurements.push(...found);
    }
    const result = getResult(server, { ...appliers, missing }, measurements, begun, before);
    console.log(
      `\n${result.seconds} s, load ${result.environment.load.join(' to ')}; ${result.environment.server}`,
    );
    for (const [name, how] of Object.entries(missing)) console.log(`missing: ${name} (${how})`);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 1)}\n`);
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function getResult(
  server: BenchServer,
  appliers: Appliers,
  measurements: readonly Measurement[],
  begun: number,
  before: number,
): BenchResult {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  return {
    format: 'plinth-bench/1',
    environment: {
      date: new Date(begun).toISOString(),
      plinth: describePlinth(version),
      machine: describeMachine(),
      node: process.version,
      server: server.version,
      settings: server.settings,
      peers: Object.fromEntries(
        appliers.all.filter(({ role }) => role !== 'plinth').map(({ name, version }) => [name, version]),
      ),
      missing: appliers.missing,
      load: [before, readLoad()],
    },
    seconds: Math.round((Date.now() - begun) / 1000),
    measurements,
  };
}
