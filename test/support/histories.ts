import { createHash } from 'node:crypto';
import type { History, Migration } from '../../src/model/history.js';
import { type ParsedStatement, parseHistory } from '../../src/sql/statements.js';

export type MigrationGiven = string | (Partial<Migration> & { readonly text: string });

/** A history by hand: file name → text, each file one region unless it says otherwise. */
export function createHistory(files: Readonly<Record<string, MigrationGiven>>): History {
  const migrations = Object.entries(files).map(([name, given], ordinal): Migration => {
    const { text, ...rest } = typeof given === 'string' ? { text: given } : given;
    const regions = [{ start: 0, end: text.length }];
    return { ordinal, id: name, name, text, regions, substitutions: [], transaction: 'each', ...rest };
  });
  const digest = createHash('sha256').update(JSON.stringify(migrations)).digest('hex');
  return { format: 'plain', location: 'memory', migrations, codeSteps: [], passedOver: [], digest };
}

/** The statements of one file. */
export function parse(given: MigrationGiven): Promise<readonly ParsedStatement[]> {
  return parseHistory(createHistory({ '1.sql': given }));
}

/** The only statement of a text. */
export async function parseOne(given: MigrationGiven): Promise<ParsedStatement> {
  const statements = await parse(given);
  if (statements.length !== 1) throw new Error(`${statements.length} statements, not one`);
  return statements[0]!;
}

/** A small generator of numbers below a bound: every run of a test tries the same ones. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
