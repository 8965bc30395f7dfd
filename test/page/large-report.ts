import type { Report, ReportStatement } from '../../src/model/report.js';
import { getClosure } from '../../src/slice/closure.js';
import { createGraph } from '../../src/slice/graph.js';
import { createRandom } from '../support/histories.js';

const TABLES = 300;
const STATEMENTS = 4_000;
const MIGRATIONS = 250;

/** A report on a history that nobody wrote: 300 tables, 4,000 statements, the way a large product's would be. */
export function createLargeReport(): Report {
  const random = createRandom(11);
  const names = Array.from(
    { length: TABLES },
    (_, index) =>
      `${AREAS[index % AREAS.length]}_${THINGS[Math.floor(index / AREAS.length) % THINGS.length]}`,
  );
  const objects = names.map((name) => ({ type: 'table', identity: `public.${name}` }));
  const statements: ReportStatement[] = names.map((name, object) => {
    // Most stand on a few that many stand on, some on their neighbours, some on nothing.
    const on =
      object === 0 || random(6) === 0
        ? []
        : [...new Set([random(Math.min(object, 8)), random(object)])].slice(0, 1 + random(2));
    const columns = on.map((other) => `  ${names[other]}_id bigint REFERENCES ${names[other]},`);
    const conditional = on.map(
      (other) => [object, other, `constraint ${name}_${names[other]}_fkey`] as const,
    );
    return createStatement(
      object,
      `CREATE TABLE ${name} (\n  id bigint PRIMARY KEY,\n${columns.join('\n')}\n  note text\n)`,
      object,
      conditional,
    );
  });
  for (let ordinal = TABLES; ordinal < STATEMENTS; ordinal += 1) {
    const object = random(TABLES);
    const sql = `ALTER TABLE ${names[object]} ADD COLUMN c${ordinal} text DEFAULT 'it''s ${ordinal}'`;
    statements.push(createStatement(ordinal, sql, object, []));
  }
  const history = {
    name: 'main',
    format: 'goose',
    location: 'db/migrations',
    title: 'db/migrations',
    migrations: Array.from(
      { length: MIGRATIONS },
      (_, index) => `${String(index + 1).padStart(5, '0')}_step.sql`,
    ),
    codeSteps: [],
    statements,
    objects,
    late: [],
    server: 180_004,
  };
  const graph = createGraph(history);
  return {
    format: 'plinth-report/1',
    version: '0.0.0',
    madeAt: '2026-01-02T03:04:05.678Z',
    chosen: [],
    usage: null,
    changes: null,
    history: {
      ...history,
      tables: names
        .map((name, object) => {
          const { size } = getClosure(graph, { tables: [object], universe: null }).kept;
          return {
            name: `public.${name}`,
            object,
            size: { alone: size, shared: size },
            partitions: [],
            proof: null,
          };
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    },
  };
}

function createStatement(
  ordinal: number,
  sql: string,
  object: number,
  conditional: ReportStatement['effect']['conditional'],
): ReportStatement {
  const isTable = ordinal < TABLES;
  return {
    migration: Math.floor((ordinal * MIGRATIONS) / STATEMENTS),
    kind: isTable ? 'CreateStmt' : 'AlterTableStmt',
    line: 1 + (ordinal % 16) * 4,
    effect: {
      writes: [object],
      needs: [object, ...conditional.map(([, on]) => on)],
      conditional,
      parts: [],
      creates: isTable ? [object] : [],
    },
    sql,
    size: sql.length,
  };
}

const AREAS = [
  'account',
  'billing',
  'catalog',
  'delivery',
  'event',
  'fleet',
  'grant',
  'invoice',
  'ledger',
  'message',
  'notice',
  'order',
  'payment',
  'report',
  'session',
  'stock',
  'support',
  'tenant',
  'user',
  'vendor',
];
const THINGS = [
  'entries',
  'items',
  'settings',
  'history',
  'members',
  'rules',
  'tokens',
  'versions',
  'labels',
  'limits',
  'links',
  'states',
  'drafts',
  'prices',
  'roles',
];
