import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { type CheckResult, checkHistory, withSession } from './check.js';
import { readMinimalSlices } from './minimal.js';
import { findSystemBinaries, type SystemServer, startSystemServer } from './system-server.js';
import { checkUpgrade } from './upgrade.js';

const HELP = `npm run histories -- DIR… [--sequences N] [--minimal N] [--upgrades]

Applies each migration folder as a whole, table by table and in random orders, and compares every outcome with
what psql makes of the same SQL; --minimal N instead compares the slices of N tables, alone and of 60 statements at most, with the
smallest ones that work, found by leaving out one statement after the other; --upgrades applies the last ten
migrations to a database with rows in its tables, as a whole and by slices, and compares catalogue and rows. DIR may be DIR=PRELUDE or DIR=PRELUDE=SEARCH_PATH. PLINTH_HISTORIES names more
folders, separated by colons. Needs Debian's postgresql (server, psql and pg_dump).`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sequences: { type: 'string', default: '20' },
    minimal: { type: 'string' },
    upgrades: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const folders = [
  ...positionals,
  ...(process.env['PLINTH_HISTORIES'] ?? '').split(':').filter((dir) => dir !== ''),
];

/** Prints how slices compare with the smallest ones that work. */
async function printMinimal(sample: number): Promise<void> {
  console.log('| history | tables | slice | smallest | ratio |\n|---|---|---|---|---|');
  for (const given of folders) {
    const [migrations, prelude, searchPath] = given.split('=') as [string, string?, string?];
    const source = {
      migrations,
      ...(prelude === undefined || prelude === '' ? {} : { prelude }),
      ...(searchPath === undefined ? {} : { searchPath }),
    };
    const found = await readMinimalSlices(source, sample, 60);
    for (const { table, slice, smallest } of found)
      console.error(`  ${table}: ${slice}, smallest ${smallest}`);
    const average = (of: 'slice' | 'smallest'): number =>
      found.reduce((sum, one) => sum + one[of], 0) / Math.max(1, found.length);
    const [slice, smallest] = [average('slice'), average('smallest')];
    const cells = [
      basename(migrations),
      found.length,
      slice.toFixed(1),
      smallest.toFixed(1),
      (slice / smallest).toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

/** Prints how the last ten migrations come out where tables hold rows. */
async function printUpgrades(server: SystemServer): Promise<void> {
  console.log(
    '| history | last migrations | tables with rows | by slices and as a whole |\n|---|---|---|---|',
  );
  for (const given of folders) {
    const [folder, prelude, searchPath] = given.split('=') as [string, string?, string?];
    const { migrations, filled, tables, outcome } = await checkUpgrade(server, {
      folder,
      prelude: prelude === undefined || prelude === '' ? null : prelude,
      searchPath: searchPath ?? null,
      log: (line) => console.error(`${basename(folder)}${line}`),
      withSession: (database, work) => withSession(server, database, work),
    });
    console.log(`| ${basename(folder)} | ${migrations} | ${filled}/${tables} | ${outcome} |`);
    if (outcome === 'DIFFERS') process.exitCode = 1;
  }
}

const binaries = findSystemBinaries();
if (values.help || folders.length === 0) {
  console.log(HELP);
} else if (values.minimal !== undefined) {
  await printMinimal(Number(values.minimal));
} else if (binaries === null) {
  console.error('There is no PostgreSQL below /usr/lib/postgresql: apt-get install postgresql');
  process.exitCode = 1;
} else {
  const server = startSystemServer(binaries);
  console.error(server.version);
  const results: (readonly [string, CheckResult])[] = [];
  try {
    if (values.upgrades) await printUpgrades(server);
    for (const given of values.upgrades ? [] : folders) {
      const [folder, prelude, searchPath] = given.split('=') as [string, string?, string?];
      if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
      const result = await checkHistory(server, {
        folder,
        prelude: prelude === undefined || prelude === '' ? null : prelude,
        searchPath: searchPath ?? null,
        sequences: Number(values.sequences),
        log: (line) => console.error(`${basename(folder)}${line}`),
      });
      results.push([basename(folder), result]);
      console.error(`${basename(folder)} done in ${result.seconds.toFixed(0)} s`);
    }
  } finally {
    server.stop();
  }
  if (results.length > 0) printResults(results);
}

function printResults(results: readonly (readonly [string, CheckResult])[]): void {
  console.log(
    '| history | format | files | statements | tables | whole | verified | equal | equal alone | slice % | slice alone % | sequences | then all | observe s | seconds |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|');
  for (const [name, r] of results) {
    const cells = [
      name,
      r.format,
      r.migrations,
      r.statements,
      r.tables,
      r.whole ? 'equal' : 'DIFFERS',
      r.verified ? 'yes' : 'NO',
      `${r.equal}/${r.tables}`,
      `${r.equalAlone}/${r.tables}`,
      r.slice.toFixed(1),
      r.sliceAlone.toFixed(1),
      `${r.sequencesEqual}/${r.sequences}`,
      `${r.restsEqual}/${r.rests}`,
      r.observeSeconds.toFixed(1),
      r.seconds.toFixed(0),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  const failed = results.some(
    ([, r]) =>
      !r.whole ||
      !r.verified ||
      r.equal < r.tables ||
      r.equalAlone < r.tables ||
      r.sequencesEqual < r.sequences ||
      r.restsEqual < r.rests,
  );
  if (failed) process.exitCode = 1;
}
