import type { Session } from '../../src/postgres/session.js';
import { getOperation } from './operations.js';
import { choose, createState, type Pick, type State, type Step } from './state.js';

/** The numbers that one operation is made of: what it is, and every choice in it. */
export type Numbers = readonly number[];

/** A history that the server took. */
export interface Built {
  readonly files: Readonly<Record<string, string>>;
  readonly statements: number;
  /** Statements that the server refused: they are no part of it. */
  readonly refused: readonly string[];
}

/**
 * Makes a history of operations and runs it on the way, in one transaction, so that it is valid: what the server refuses
 * is left out. A history without some of its operations is a valid one, too, which is what makes shrinking work.
 */
export async function buildHistory(
  session: Session,
  operations: readonly (Numbers | null)[],
): Promise<Built> {
  const state = createState();
  const files: string[][] = [];
  const refused: string[] = [];
  for (const numbers of operations) {
    if (numbers === null) continue;
    const pick = createPick(numbers);
    if (files.length === 0 || pick(3) === 0) {
      state.path = pick(4) === 0 ? choose(pick, state.schemas)! : 'public';
      const path = state.path === 'public' ? '' : `set search_path = ${state.path}, public`;
      await session.execute(`reset all; ${path}`);
      files.push(path === '' ? [] : [path]);
    }
    for (const { sql, learn } of getSteps(state, pick)) {
      try {
        await session.execute(`savepoint step;\n${sql};\nrelease step`);
      } catch (error) {
        await session.execute('rollback to step');
        refused.push(`${sql}  -- ${(error as Error).message}`);
        break;
      }
      learn?.();
      files.at(-1)!.push(sql);
    }
  }
  await session.execute('reset all');
  const kept = files.filter((file) => file.some((sql) => !sql.startsWith('set search_path')));
  return {
    files: Object.fromEntries(
      kept.map((file, at) => [
        `${String(at + 1).padStart(3, '0')}.sql`,
        file.map((sql) => `${sql};\n`).join(''),
      ]),
    ),
    statements: kept.flat().length,
    refused,
  };
}

/** What the numbers stand for; something else where the state lacks what that needs. */
function getSteps(state: State, pick: Pick): readonly Step[] {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const steps = getOperation(pick(65_536))(state, pick);
    if (steps.length > 0) return steps;
  }
  return [];
}

function createPick(numbers: Numbers): Pick {
  let at = 0;
  return (below) => {
    const number = numbers[at % numbers.length]! + Math.floor(at / numbers.length) * 7;
    at += 1;
    return number % below;
  };
}
