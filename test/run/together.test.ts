import { afterAll, beforeAll, expect, test } from 'vitest';
import { getDifferences } from '../../scripts/histories/fingerprint.js';
import { apply, readTables } from '../../src/index.js';
import { type CommandLine, createCommandLine, parseLines } from '../support/cli-process.js';
import { type RunServer, SHOP, startRunServer } from '../support/run-database.js';

let server: RunServer;
let cli: CommandLine;
let source: { migrations: string; cacheDir: string };
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
  source = { migrations: SHOP, cacheDir: server.cacheDir };
  await readTables(source);
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

/** Writes down each DDL command that a client runs, beside the ledger. */
const WITNESS = `create schema witness;
create table witness.seen (command text, at bigint generated always as identity);
create function witness.note() returns event_trigger language plpgsql security definer as $$
begin
  insert into witness.seen (command)
    select c.command_tag || ' ' || c.object_identity from pg_event_trigger_ddl_commands() c
    where c.object_identity !~ '^(witness|plinth|pg_temp)' and c.command_tag ~ '^CREATE (TABLE|FUNCTION|TYPE|SCHEMA|TRIGGER)';
end $$;
create event trigger note on ddl_command_end execute function witness.note()`;

async function createWitnessed(): Promise<string> {
  const url = await server.createDatabase();
  await server.query(url, WITNESS);
  return url;
}

const removeWitness = (url: string) =>
  server.query(url, 'drop event trigger note; drop schema witness cascade');

test('eight appliers started at once: all end well, each statement is applied once, the schema is the union', async () => {
  const url = await createWitnessed();
  const wanted = [
    'stock',
    'stock,wishes',
    'settings',
    'billing.payments',
    'reviews,categories',
    'suppliers',
    'orders,messages',
    'changes,stock',
  ];
  const ended = await Promise.all(
    wanted.map((tables, n) =>
      cli.run([
        'apply',
        '-m',
        SHOP,
        '--url',
        url,
        '--tables',
        tables,
        '--service',
        `s${n}`,
        '--json',
        '--timeout',
        '60s',
      ]),
    ),
  );
  expect(ended.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(wanted.map(() => '0 '));

  // By the runs' own words no statement was applied twice.
  const applied = ended.flatMap(({ stdout }) => {
    const { result } = parseLines(stdout).at(-1) as {
      result: { steps: { migration: string; statement: number; status: string }[] };
    };
    return result.steps
      .filter(({ status }) => status === 'applied')
      .map((s) => `${s.migration}:${s.statement}`);
  });
  expect(new Set(applied).size).toBe(applied.length);
  // By the catalogue's words neither.
  const twice =
    'select command from witness.seen group by command having count(*) > 1 and command !~ $$wishes$$';
  expect(await server.query(url, twice)).toEqual([]);
  const rows = await server.query(
    url,
    "select distinct history, migration, index from plinth.statements where state = 'applied'",
  );
  expect(rows.length).toBe(applied.length);
  expect(await server.query(url, 'select count(*)::int as n from plinth.selections')).toEqual([{ n: 8 }]);

  await removeWitness(url);
  const union = await server.createDatabase();
  await apply({ ...source, url: union, tables: wanted.flatMap((tables) => tables.split(',')) });
  const [seen, expected] = [await server.readPicture(url), await server.readPicture(union)];
  expect(getDifferences(seen, expected, [])).toEqual([]);
  expect(getDifferences(expected, seen, [])).toEqual([]);
});

test('eight appliers of a whole history: one applies it, the others find nothing to do', async () => {
  const url = await createWitnessed();
  const ended = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      cli.run(['apply', '-m', SHOP, '--url', url, '--service', `s${n}`, '--timeout', '60s']),
    ),
  );
  expect(ended.map(({ code }) => code)).toEqual(Array(8).fill(0));
  expect(ended.filter(({ stdout }) => stdout.startsWith('Applied')).length).toBe(1);
  expect(ended.filter(({ stdout }) => stdout.startsWith('Nothing')).length).toBe(7);
  // The history itself makes this table twice.
  expect(await server.query(url, 'select command from witness.seen group by 1 having count(*) > 1')).toEqual([
    { command: 'CREATE TABLE public.wishes' },
  ]);
  await removeWitness(url);
  const whole = await server.createDatabase();
  await apply({ ...source, url: whole });
  expect(getDifferences(await server.readPicture(url), await server.readPicture(whole), [])).toEqual([]);
});

test('four that watch the history at once, with one cache, all get the same plan', async () => {
  const cacheDir = `${server.cacheDir}-fresh`;
  const ended = await Promise.all(
    Array.from({ length: 4 }, () =>
      cli.run(['plan', '-m', SHOP, '--tables', 'orders', '--json'], { PLINTH_CACHE_DIR: cacheDir }),
    ),
  );
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(new Set(ended.map(({ stdout }) => stdout)).size).toBe(1);
});
