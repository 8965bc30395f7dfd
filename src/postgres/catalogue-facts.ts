import type { CatalogueFacts } from '../model/fact.js';
import { type FactQueries, type FactQueryName, getFactQueries } from './fact-queries.js';
import { createFactCollector } from './fact-rows.js';
import type { FactScope } from './fact-scope.js';
import type { Row } from './session.js';
import { getSqlState } from './sqlstate.js';

// One snapshot, every name qualified, constants written alike. The time zone stays: what a history says in local time
// means the same local time everywhere.
const BEGIN = [
  'begin transaction isolation level repeatable read read only',
  "set local search_path = ''",
  "set local datestyle = 'ISO, YMD'",
  "set local intervalstyle = 'postgres'",
  "set local bytea_output = 'hex'",
  'set local extra_float_digits = 1',
  'set local quote_all_identifiers = off',
  // It would take longer than the queries.
  'set local jit = off',
];
// internal_error, undefined_table, undefined_object: something was dropped between two looks at the catalogue.
const GONE_MEANWHILE: ReadonlySet<string> = new Set(['XX000', '42P01', '42704']);
const ATTEMPTS = 3;

/** As much of a session as reading needs. */
export interface FactSession {
  readonly serverVersion: number;
  execute(sql: string): Promise<readonly { readonly rows: readonly Row[] }[]>;
}

/**
 * What the catalogue says about the objects of a scope: one round trip, one snapshot, nothing locked or written. Call it
 * outside of a transaction.
 */
export async function readFacts(session: FactSession, scope: FactScope): Promise<CatalogueFacts> {
  const queries = getFactQueries(scope);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answers = await readAnswers(session, queries);
      return {
        server: session.serverVersion,
        reader: String(answers.scope![0]!['reader']),
        objects: getObjects(answers),
        ranges: (answers.ranges ?? []).map(({ table, now, bounds }) => ({
          table: String(table),
          now: String(now),
          bounds: bounds as string[],
        })),
      };
    } catch (error) {
      if (attempt >= ATTEMPTS || !GONE_MEANWHILE.has(getSqlState(error) ?? '')) throw error;
    }
  }
}

type Answers = Readonly<Partial<Record<FactQueryName, readonly Row[]>>>;

async function readAnswers(session: FactSession, queries: FactQueries): Promise<Answers> {
  const names = Object.keys(queries) as FactQueryName[];
  try {
    const sql = [...BEGIN, ...names.map((name) => queries[name]!), 'commit'].join(';\n');
    const results = (await session.execute(sql)).slice(BEGIN.length);
    return Object.fromEntries(names.map((name, at) => [name, results[at]!.rows]));
  } catch (error) {
    await session.execute('rollback').catch(() => {});
    throw error;
  }
}

function getObjects(answers: Answers): CatalogueFacts['objects'] {
  const collector = createFactCollector();
  for (const row of answers.relations ?? []) collector.addRelation(row);
  for (const row of answers.functions ?? []) collector.addFunction(row);
  for (const row of answers.types ?? []) collector.addType(row);
  for (const row of answers.others ?? []) collector.addOther(row);
  for (const row of answers.columns ?? []) collector.addColumn(row);
  collector.addConstraintsAndIndexes(answers.constraints ?? [], answers.indexes ?? []);
  for (const row of answers.triggers ?? []) collector.addTrigger(row);
  for (const row of answers.parts ?? []) collector.addPart(row);
  for (const row of answers.rights ?? []) collector.addRight(row);
  for (const row of answers.comments ?? []) collector.addComment(row);
  return collector.getObjects();
}
