import type { LedgerState } from '../model/ledger.js';
import type { LockStatus, StatusHistory, StatusRun, StatusService, StatusTable } from '../model/status.js';
import { explainDenied } from './denied.js';
import { ensureVersion } from './ledger.js';
import { readLockStatus, renderUtc } from './lock-status.js';
import { renderIsMissing } from './queries.js';
import { renderIdentifier, renderLiteral } from './quote.js';
import type { Row, Session } from './session.js';

/** What the ledger and the server tell, all of one moment. */
export interface LedgerStatus {
  readonly exists: boolean;
  readonly version: number | null;
  readonly histories: readonly StatusHistory[];
  readonly tables: readonly StatusTable[];
  readonly services: readonly StatusService[];
  readonly runs: readonly StatusRun[];
  readonly lock: LockStatus;
  /** What was asked for, with the key of each selection. */
  readonly selections: readonly Selection[];
}

export interface Selection {
  readonly history: string;
  readonly service: string;
  readonly key: string;
  readonly tables: readonly string[];
  readonly at: string;
}

const RUNS = 10;

/** Reads the state of a database; nothing but the lock where there is no ledger. Writes nothing, and needs no right to. */
export async function readLedgerStatus(session: Session, schema: string): Promise<LedgerStatus> {
  // Looked up in the catalogue, where no right on the schema is needed.
  const [made] = await session.query(`select from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${renderLiteral(schema)} and c.relname = 'meta'`);
  const lock = await readLockStatus(session, schema);
  if (made === undefined) {
    const nothing = { histories: [], tables: [], services: [], runs: [], selections: [] };
    return { exists: false, version: null, ...nothing, lock };
  }
  try {
    const results = await session.execute(getStatusSql(schema));
    const [meta, histories, selections, there, runs] = results.map(({ rows }) => rows);
    const version = Number(meta![0]?.['version']);
    ensureVersion(schema, version);
    const chosen = selections!.map(parseSelection);
    const existing = new Set(there!.map((row) => String(row['name'])));
    return {
      exists: true,
      version,
      histories: histories!.map(parseHistory),
      tables: getTables(chosen, existing),
      services: getServices(chosen),
      runs: runs!.map((row) => parseRun(row, lock)),
      lock,
      selections: chosen,
    };
  } catch (error) {
    throw await explainDenied(session, error, `read the ledger in schema ${schema}`);
  }
}

function getStatusSql(schema: string): string {
  const s = renderIdentifier(schema);
  return `select max(version) as version from ${s}.meta;
select h.name, h.format, h.location, h.digest, ${renderUtc('h.at')} as at, m.migrations, m.statements,
  (select coalesce(jsonb_object_agg(state, n), '{}') from (
    select state, count(*) as n from ${s}.statements where history = h.name group by state) x) as states,
  (select m.name from ${s}.migrations m where m.history = h.name and exists (
    select from ${s}.statements t where t.history = h.name and t.migration = m.id)
   order by m.ordinal desc limit 1) as newest
from ${s}.histories h left join lateral (
  select count(*) as migrations, coalesce(sum(cardinality(digests)), 0) as statements
  from ${s}.migrations where history = h.name) m on true order by h.name;
select history, service, key, tables, ${renderUtc('at')} as at from ${s}.selections order by selections.at, history, service;
select distinct t as name from ${s}.selections, unnest(tables) t where not ${renderIsMissing('t')};
select id, history, service, application_name, plinth_version, outcome, ${renderUtc('started_at')} as started,
  ${renderUtc('ended_at')} as ended, round(extract(epoch from ended_at - started_at) * 1000) as ms
from ${s}.runs order by started_at desc, id limit ${RUNS}`;
}

function parseHistory(row: Row): StatusHistory {
  return {
    name: String(row['name']),
    format: String(row['format']),
    location: String(row['location']),
    digest: String(row['digest']),
    migrations: Number(row['migrations']),
    statements: Number(row['statements']),
    states: row['states'] as Partial<Record<LedgerState, number>>,
    newest: row['newest'] as string | null,
    at: String(row['at']),
  };
}

function parseSelection(row: Row): Selection {
  return {
    history: String(row['history']),
    service: String(row['service']),
    key: String(row['key']),
    tables: row['tables'] as string[],
    at: String(row['at']),
  };
}

function parseRun(row: Row, { holder }: LockStatus): StatusRun {
  const isRunning = holder !== null && holder.applicationName === row['application_name'];
  return {
    id: String(row['id']),
    history: String(row['history']),
    service: String(row['service']),
    startedAt: String(row['started']),
    endedAt: row['ended'] as string | null,
    elapsedMs: row['ms'] === null ? null : Number(row['ms']),
    outcome: (row['outcome'] as string | null) ?? (isRunning ? 'running' : 'cut off'),
    version: String(row['plinth_version']),
  };
}

// Selections come by their time: the last one of a service counts.
function getTables(selections: readonly Selection[], existing: ReadonlySet<string>): readonly StatusTable[] {
  const asked = new Map<string, Map<string, StatusTable['asked'][number]>>();
  for (const { history, service, tables, at } of selections) {
    for (const table of tables) {
      const by = asked.get(table) ?? new Map<string, StatusTable['asked'][number]>();
      asked.set(table, by.set(`${history} ${service}`, { history, service, at }));
    }
  }
  return [...asked.keys()].sort().map((name) => ({
    name,
    there: existing.has(name),
    asked: [...asked.get(name)!.values()],
  }));
}

function getServices(selections: readonly Selection[]): readonly StatusService[] {
  const names = [...new Set(selections.map(({ service }) => service))].sort();
  return names.map((name) => {
    const own = selections.filter(({ service }) => service === name);
    return {
      name,
      histories: [...new Set(own.map(({ history }) => history))].sort(),
      tables: [...new Set(own.flatMap(({ tables }) => tables))].sort(),
      at: own.at(-1)!.at,
    };
  });
}
