import type {
  LockSession,
  LockStatus,
  Status,
  StatusDrift,
  StatusHistory,
  StatusRun,
} from '../model/status.js';
import { cut, renderCount, renderDuration, renderList } from './measure.js';
import { renderLine } from './ndjson.js';
import { redact } from './redact.js';
import { PLAIN, type Style } from './style.js';

/** How to set a status. */
export interface StatusTextOptions {
  readonly style?: Style;
  /** Names every table. Default: as many as fit a glance. */
  readonly verbose?: boolean;
}

const TABLES_SHOWN = 20;

/** What Plinth has to do with a database, for people. */
export function renderStatus(status: Status, options: StatusTextOptions = {}): string {
  const { style = PLAIN, verbose = false } = options;
  const { target, server, ledger } = status;
  const kind = server.standby ? ', a standby' : server.readOnly ? ', read-only' : '';
  const head = `${style.strong(target)}: PostgreSQL ${server.version}${kind}`;
  if (!ledger.exists) {
    const lock = renderLock(status.lock, style);
    const lines = [head, `There is nothing of Plinth here: no ledger in schema ${ledger.schema}.`];
    return redact(
      [...lines, ...(status.lock.holder === null ? [] : lock), ...renderDrift(status, style)].join('\n'),
    );
  }
  const sections = [
    [head],
    renderSection('Histories', status.histories.flatMap(renderHistory), style),
    renderSection('Tables', renderTables(status, verbose, style), style),
    renderSection('Services', status.services.map(renderService), style),
    renderSection(
      'Runs',
      status.runs.map((run) => renderRun(run, style)),
      style,
    ),
    renderSection('Lock', renderLock(status.lock, style), style),
    renderDrift(status, style),
  ];
  return redact(
    sections
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n'),
  );
}

/** What `status --json` prints. */
export function renderStatusJson(status: Status): string {
  const line = renderLine({ type: 'status', ...status });
  const { format: _, type: __, ...rest } = JSON.parse(line) as Record<string, unknown>;
  return JSON.stringify({ format: 'plinth-status/1', ...rest }, null, 2);
}

function renderSection(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : [style.strong(title), ...lines.map((line) => `  ${line}`)];
}

// `2026-01-02T03:04:05.678Z`: to the second is enough for people.
const renderTime = (at: string): string => at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');

function renderHistory(history: StatusHistory): readonly string[] {
  const { name, format, location, statements, migrations, states, newest, at } = history;
  const { started = 0, ...done } = states;
  const count = Object.values(done).reduce((sum, each) => sum + each, 0);
  const others = Object.entries(done).filter(([state, each]) => state !== 'applied' && each > 0);
  const how = others.length === 0 ? '' : ` (${others.map(([state, each]) => `${each} ${state}`).join(', ')})`;
  return [
    `${name}: ${count} of ${renderCount(statements, 'statement')}${how}, of ${renderCount(migrations, 'migration')}; newest ${newest ?? 'none'}`,
    `  ${format}, ${location}, last run ${renderTime(at)}`,
    ...(started > 0
      ? [`  ${renderCount(started, 'statement')} outside of a transaction, begun and not seen to end`]
      : []),
  ];
}

function renderTables({ tables }: Status, verbose: boolean, style: Style): readonly string[] {
  const shown = verbose ? tables : tables.slice(0, TABLES_SHOWN);
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  const rest = tables.length - shown.length;
  return [
    ...shown.map(({ name, there, asked }) => {
      const by = asked.map(({ service, at }) => `${service} (${renderTime(at)})`).join(', ');
      return `${name.padEnd(width)}  ${there ? '' : style.bad('gone; ')}${by}`;
    }),
    ...(rest > 0 ? [`and ${rest} more (--verbose names them)`] : []),
  ];
}

function renderService({ name, tables, at }: Status['services'][number]): string {
  return `${name}: ${renderList(tables, 5)}; last ${renderTime(at)}`;
}

function renderRun(run: StatusRun, style: Style): string {
  const took = run.elapsedMs === null ? '' : ` in ${renderDuration(run.elapsedMs)}`;
  const isBad = run.outcome === 'failed' || run.outcome === 'aborted' || run.outcome === 'cut off';
  const outcome = isBad ? style.warn(run.outcome) : run.outcome;
  return `${renderTime(run.startedAt)}  ${run.service}/${run.id}  ${outcome}${took}  (Plinth ${run.version})`;
}

/** Who holds the lock, who waits, and who keeps the holder waiting. */
export function renderLock({ holder, waiting, blocking }: LockStatus, style: Style): readonly string[] {
  if (holder === null) return ['free'];
  return [
    style.warn(`held by ${renderSession(holder)}`),
    ...renderDoing(holder),
    ...blocking.flatMap((session) => [
      `which waits for ${renderSession(session)}`,
      ...renderDoing(session).map((line) => `  ${line}`),
    ]),
    ...waiting.map((session) => `waited for by ${renderSession(session)}`),
  ];
}

function renderSession({ applicationName, pid, user, client, backendStart }: LockSession): string {
  const facts = [
    `pid ${pid}`,
    ...(user === null ? [] : [`user ${user}`]),
    ...(client === null ? [] : [`from ${client}`]),
    ...(backendStart === null ? [] : [`connected ${renderTime(backendStart)}`]),
  ];
  return `${applicationName === '' ? 'a session without a name' : applicationName} (${facts.join(', ')})`;
}

function renderDoing({ state, since, query, waitEvent }: LockSession): readonly string[] {
  if (state === '' && query === '') return [];
  const wait = waitEvent === null || !state.startsWith('active') ? '' : `, waits for ${waitEvent}`;
  const what = query === '' ? '' : `: ${cut(query.replace(/\s+/g, ' '), 100)}`;
  return [`  ${state === '' ? 'state unknown' : state} since ${renderTime(since)}${wait}${what}`];
}

function renderDrift({ drift }: Status, style: Style): readonly string[] {
  if (drift === null) return [];
  const lines = getDriftLines(drift);
  return renderSection(
    `Folder ${drift.location}, history ${drift.history}`,
    lines.length > 0 ? lines : ['as the ledger has it'],
    style,
  );
}

const DIFFERENCES_SHOWN = 5;

function renderCatalogue({ catalogue, pending }: StatusDrift): readonly string[] {
  if (catalogue === null) return [];
  const { checked, differences } = catalogue;
  const rest = differences.length - DIFFERENCES_SHOWN;
  if (differences.length === 0)
    return [`the catalogue is as the folder leaves it: ${renderCount(checked, 'object')} compared`];
  const why = pending.length === 0 ? '' : ', what is to be applied among them';
  return [
    `the catalogue differs from what the folder leaves in ${renderCount(differences.length, 'place')}${why} (plinth verify tells how):`,
    ...differences.slice(0, DIFFERENCES_SHOWN).map((difference) => `  ${difference}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

function getDriftLines(drift: StatusDrift): readonly string[] {
  const { changed, deleted, outOfOrder, pending, tables, unknown } = drift;
  const what = tables.length === 0 ? 'the whole history' : renderList(tables, 5);
  const statements = pending.reduce((sum, each) => sum + each.statements, 0);
  return [
    ...changed.map((place) => `changed since it was applied: ${place}`),
    ...deleted.map((name) => `applied, and no longer in the folder: ${name}`),
    ...outOfOrder.map((name) => `inserted below the newest one: ${name}`),
    ...(pending.length === 0
      ? []
      : [
          `to be applied for ${what}: ${renderCount(statements, 'statement')} of ${renderCount(pending.length, 'migration')}`,
          ...pending.map(
            ({ migration, statements: count }) => `  ${migration}  ${renderCount(count, 'statement')}`,
          ),
        ]),
    ...renderCatalogue(drift),
    ...(unknown === null ? [] : [`what is to be applied for ${what} is not known: ${unknown}`]),
  ];
}
