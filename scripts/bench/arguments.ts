import { parseArgs } from 'node:util';
import { MEASURES } from './measures.js';

export const HELP = `npm run bench                        Plinth beside other tools, in turns, on one PostgreSQL; writes docs/benchmarks.md
npm run bench -- --only NAME,…       some measures: ${MEASURES.map(({ name }) => name).join(', ')}
npm run bench -- --peers NAME,…      beside these peers only: psql, goose, …
npm run bench -- --rounds N          as many rounds for each measure; with less than 7 nothing is published
npm run bench -- --quick             one round of the smallest histories: to see that it runs
npm run bench -- --server NAME       system or embedded; the system's where there is one
npm run bench -- --json FILE         keeps all values
npm run bench -- --earlier FILE      says in the document how far a run before agrees
npm run bench -- --out DIR           writes benchmarks.md and its charts there, even of some measures
npm run bench -- --folder DIR        a folder of yours, beside psql and the tool that it is written for
                --table NAME         and the table that is asked for (default: one that needs a middling number of statements)
npm run bench -- --compare A B       says whether the ratios of two files agree within 20 %; ends with 1 where Plinth's do not

What the other tools take: npm run peers; for what happens in a cluster: npm run cluster:up.`;

/** What was asked for on the command line. */
export interface BenchOptions {
  readonly only: readonly string[] | null;
  readonly peers: readonly string[] | null;
  readonly rounds: number | null;
  readonly isQuick: boolean;
  readonly server: 'system' | 'embedded' | undefined;
  readonly json: string | null;
  readonly earlier: string | null;
  readonly out: string | null;
  readonly folder: string | null;
  readonly table: string | undefined;
}

export type BenchArguments =
  | { readonly ask: 'help' }
  | { readonly ask: 'compare'; readonly files: readonly [string, string] }
  | { readonly ask: 'run'; readonly options: BenchOptions };

/** Reads the arguments; throws with what is wrong with them, and the help. */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const { values, positionals } = parse(args);
  if (values.help === true) return { ask: 'help' };
  if (values.compare === true) {
    const [first, second] = positionals;
    if (first === undefined || second === undefined || positionals.length > 2)
      throw reject('--compare takes two files that --json has written');
    return { ask: 'compare', files: [first, second] };
  }
  const problems: string[] = [];
  if (positionals.length > 0) problems.push(`what is ${positionals.join(' ')}?`);
  const only = values.only?.split(',') ?? null;
  const unknown = (only ?? []).filter((name) => MEASURES.every((measure) => measure.name !== name));
  if (unknown.length > 0) problems.push(`there is no measure ${unknown.join(', ')}`);
  const rounds = values.rounds === undefined ? null : Number(values.rounds);
  if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0))
    problems.push('--rounds takes a number above 0');
  const { server } = values;
  if (server !== undefined && server !== 'system' && server !== 'embedded')
    problems.push('--server is system or embedded');
  if (problems.length > 0) throw reject(problems.join('; '));
  return {
    ask: 'run',
    options: {
      only,
      peers: values.peers?.split(',') ?? null,
      rounds,
      isQuick: values.quick === true,
      server: server as BenchOptions['server'],
      json: values.json ?? null,
      earlier: values.earlier ?? null,
      out: values.out ?? null,
      folder: values.folder ?? null,
      table: values.table,
    },
  };
}

const reject = (problem: string): Error => new Error(`${problem}\n\n${HELP}`);

function parse(args: readonly string[]) {
  const string = { type: 'string' } as const;
  const boolean = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ only: string, peers: string, rounds: string, quick: boolean, server: string, json: string },
        ...{ earlier: string, out: string, folder: string, table: string, compare: boolean, help: boolean },
      },
    });
  } catch (error) {
    throw reject((error as Error).message);
  }
}
