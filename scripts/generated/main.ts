import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbedded } from '../../src/embedded/server.js';
import { type Checked, checkHistory } from './check.js';
import { openDatabases } from './database.js';
import { findSmallest, getOperations } from './seeds.js';

const HELP = `npm run histories:generated -- [--runs N] [--seed N] [--out DIR] [--shrink SECONDS]

Makes N histories (1,000), each from a seed of its own, beginning with the one given (random), and applies each table by
table and in random orders: what comes out must be what the whole makes, and there must be nothing left to do. What
fails is made as small as it gets in the given time (60 s), and printed; with --out also written as folders.
A single one again: --runs 1 --seed N.`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    shrink: { type: 'string', default: '60' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(HELP);
else await run(Number(values.runs), Number(values.seed), Number(values.shrink) * 1000);

async function run(runs: number, first: number, shrinkMs: number): Promise<void> {
  const start = performance.now();
  const server = await startEmbedded({});
  const databases = await openDatabases(server.url);
  const total = { histories: 0, statements: 0, refused: 0, tables: 0, tried: 0, failed: 0 };
  console.error(`seeds ${first} to ${first + runs - 1}`);
  try {
    for (let seed = first; seed < first + runs; seed += 1) {
      const check = (operations: Parameters<typeof checkHistory>[1]) =>
        checkHistory(databases, operations, { sequences: 3 });
      const checked = await check(getOperations(seed));
      total.histories += 1;
      total.statements += checked.built.statements;
      total.refused += checked.built.refused.length;
      total.tables += checked.tables;
      total.tried += checked.tried;
      if (checked.wrong.length > 0) {
        total.failed += 1;
        report(seed, checked, await findSmallest(seed, checked, check, shrinkMs));
      }
      if (total.histories % 50 === 0) console.error(JSON.stringify({ ...total, seconds: getSeconds(start) }));
    }
  } finally {
    await databases.close();
    await server.stop();
  }
  console.log(JSON.stringify({ ...total, seconds: getSeconds(start) }));
  if (total.failed > 0) process.exitCode = 1;
}

function getSeconds(start: number): number {
  return Math.round((performance.now() - start) / 1000);
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
