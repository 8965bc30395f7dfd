import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbedded } from '../../src/embedded/server.js';
import { runPool } from '../../src/prove/pool.js';
import { type Checked, checkHistory } from './check.js';
import { openDatabases } from './database.js';
import { createFigures } from './figures.js';
import { findSmallest, getOperations } from './seeds.js';

const HELP = `npm run histories:generated -- [--runs N] [--seed N] [--out DIR] [--shrink SECONDS] [--workers N]

Makes N histories (1,000), each from a seed of its own, beginning with the one given (random), and applies each table by
table and in random orders: what comes out must be what the whole makes, and there must be nothing left to do. What
fails is made as small as it gets in the given time (60 s), and printed; with --out also written as folders. Figures of
all follow at the end. A single one again: --runs 1 --seed N.

Slices and sequences are applied in transactions that are rolled back, those of every tenth seed, and all that fails there,
in databases of their own. --workers says how many histories at a time (one for each core).`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    shrink: { type: 'string', default: '60' },
    workers: { type: 'string', default: String(availableParallelism()) },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(HELP);
else await run(Number(values.runs), Number(values.seed));

async function run(runs: number, first: number): Promise<void> {
  const workers = Number(values.workers);
  const server = await startEmbedded({ settings: { max_connections: String(4 * workers + 10) } });
  const databases = await openDatabases(server.url);
  const figures = createFigures();
  const seeds = Array.from({ length: runs }, (_, at) => first + at);
  const name = `${first} to ${first + runs - 1}`;
  console.error(`seeds ${name}`);
  let done = 0;
  try {
    await runPool(seeds, workers, undefined, async (seed) => {
      const check = (operations: Parameters<typeof checkHistory>[1]) =>
        checkHistory(databases, operations, { sequences: 3, own: seed % 10 === 0 });
      const checked = await check(getOperations(seed));
      figures.add(checked);
      if (checked.wrong.length > 0)
        report(seed, checked, await findSmallest(seed, checked, check, Number(values.shrink) * 1000));
      done += 1;
      if (done % 50 === 0) console.error(figures.renderProgress());
    });
  } finally {
    await databases.close();
    await server.stop();
  }
  console.log(figures.render(name));
  if (figures.failed > 0) process.exitCode = 1;
}

function report(seed: number, checked: Checked, smallest: Checked): void {
  console.log(`seed ${seed} (--runs 1 --seed ${seed}): ${checked.wrong[0]}`);
  for (const [name, text] of Object.entries(smallest.built.files)) {
    console.log(`-- ${name}\n${text.trimEnd()}`);
    if (values.out === undefined) continue;
    mkdirSync(join(values.out, String(seed)), { recursive: true });
    writeFileSync(join(values.out, String(seed), name), text);
  }
  for (const line of smallest.wrong) console.log(`=> ${line}`);
}
