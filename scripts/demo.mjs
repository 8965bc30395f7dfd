// One table of the bundled history into a PostgreSQL of its own: `npm run demo`.
// With --again the server of the last demo is started once more, to look around.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbedded, stopEmbedded } from '../dist/embedded/server.js';
import { kubernautMigrations } from '../dist/kubernaut/index.js';

const TABLE = 'audit_events';
const cli = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url));
const migrations = relative(process.cwd(), kubernautMigrations);
const dataDir = join(tmpdir(), 'plinth-demo');
const isAgain = process.argv.includes('--again');

const say = (text) => process.stdout.write(`${text}\n`);

function run(command, ...args) {
  say(`\n$ plinth ${command} ${args.map((arg) => (arg === server.url ? '"$URL"' : arg)).join(' ')}`);
  const { status } = spawnSync(process.execPath, [cli, command, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`plinth ${command} ended with exit code ${status}`);
}

async function readContents() {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rows } = await client.query(`
      SELECT CASE WHEN c.relispartition AND c.relkind = 'r' THEN 'partition'
                  WHEN c.relkind IN ('r', 'p') THEN 'table'
                  ELSE 'index' END AS kind,
             c.relname AS name
        FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'I', 'i')
         AND NOT (c.relispartition AND c.relkind = 'i')
       ORDER BY 1, 2`);
    return rows;
  } finally {
    await client.end();
  }
}

if (!isAgain) {
  // What a demo before this one left behind.
  await stopEmbedded(dataDir);
  await rm(dataDir, { recursive: true, force: true });
}
const server = await startEmbedded({ dataDir });
try {
  say(`PostgreSQL ${server.version}, URL=${server.url}`);
  if (!isAgain) {
    run('plan', '--migrations', migrations, '--tables', TABLE);
    run('apply', '--migrations', migrations, '--tables', TABLE, '--url', server.url);
    run('apply', '--migrations', migrations, '--tables', TABLE, '--url', server.url);
  }
  say('\nIn the database:');
  const contents = await readContents();
  for (const kind of ['table', 'partition', 'index']) {
    for (const row of contents.filter((each) => each.kind === kind)) say(`  ${kind.padEnd(9)}  ${row.name}`);
  }
  say('\nLook around:');
  say(`  psql '${server.url}' -c '\\d ${TABLE}'`);
  if (process.stdin.isTTY) {
    say('\nThe server is up until you press Enter or Ctrl-C.');
    process.stdin.resume();
    await Promise.race([once(process.stdin, 'data'), once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  } else {
    say('\nThe server stops now, as this is no terminal. To have it up again: node scripts/demo.mjs --again');
  }
} finally {
  process.stdin.pause();
  await server.stop();
}
