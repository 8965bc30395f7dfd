import type { LockHolder, RunEvent } from '../model/event.js';
import { renderFinding } from './finding-words.js';
import { renderFleetJob, renderFleetLive, renderFleetPlanned, renderTargetResult } from './fleet-text.js';
import { cut, renderCount, renderDuration, renderList } from './measure.js';
import { redact } from './redact.js';

const SOURCES = {
  scratch: 'on a scratch server',
  cache: 'from the cache',
  'lock-file': 'from the lock file',
};
// Severities below these tell nothing that went wrong.
const LOUD = new Set(['WARNING', 'ERROR', 'FATAL', 'PANIC']);

/** An event as a line that stays; null where only `--verbose` or the live line shows it. */
export function renderEvent(event: RunEvent, verbose = false): string | null {
  switch (event.type) {
    case 'history':
      return verbose ? renderHistory(event) : null;
    case 'observed':
      return event.from === 'scratch' || verbose
        ? `Watched ${renderCount(event.statements, 'statement')} ${SOURCES[event.from]} (${renderDuration(event.elapsedMs)}).`
        : null;
    case 'credentials':
      return verbose
        ? `User ${event.user.value} (${event.user.from}), database ${event.database.value} (${event.database.from}), ${event.password === null ? 'no password' : `password from ${event.password}`}.`
        : null;
    case 'connected':
      return verbose
        ? redact(`Connected to ${event.target}, PostgreSQL ${event.serverVersion}; run ${event.run}.`)
        : null;
    case 'planned':
      return verbose
        ? `Planned ${renderCount(event.statements, 'statement')} of ${renderCount(event.migrations, 'migration')}; ${event.already} there already, ${event.leftOut} left out.`
        : null;
    case 'adopted':
      return renderAdopted(event);
    case 'migration-applied':
      return `  ${event.name}  ${renderCount(event.statements, 'statement')}, ${renderDuration(event.elapsedMs)}`;
    case 'compared':
      return verbose || event.differences.length > 0 ? renderCompared(event) : null;
    case 'reconnecting':
      return redact(`Connection lost (${event.cause}); connecting again, attempt ${event.attempt}.`);
    case 'notice':
      return LOUD.has(event.severity) || verbose
        ? redact(
            `  ${event.severity}: ${event.message}${event.migration === null ? '' : ` (${event.migration})`}`,
          )
        : null;
    case 'finding':
      return redact(`  ${event.finding.severity}: ${renderFinding(event.finding)}`);
    case 'waiting':
      return `${renderWaiting(event)}.`;
    case 'fleet-planned':
      return renderFleetPlanned(event);
    case 'fleet-job':
      return renderFleetJob(event);
    case 'fleet-target':
      return event.result.outcome === 'failed' || verbose ? `  ${renderTargetResult(event.result)}` : null;
    default:
      return null;
  }
}

/** What goes on at this moment, for the line that is written over; null where nothing new is to be told. */
export function renderLive(event: RunEvent): string | null {
  switch (event.type) {
    case 'observing':
      return `Watching the history run on a scratch server: ${event.done} of ${renderCount(event.total, 'statement')}, ${renderDuration(event.elapsedMs)}`;
    case 'proving':
      return `Proving slices: ${Math.floor((100 * event.done) / Math.max(1, event.total))} % of ${renderCount(event.total, 'statement')}, ${renderDuration(event.elapsedMs)}${event.leftMs === null ? '' : `, about ${renderDuration(event.leftMs)} left`}`;
    case 'connecting':
      return redact(`Connecting to ${event.target}`);
    case 'waiting':
      return `${renderWaiting(event)}, ${renderDuration(event.elapsedMs)}`;
    case 'migration-started':
      return `  ${event.name}  ${renderCount(event.statements, 'statement')} …`;
    case 'compared':
      return renderCompared(event);
    case 'fleet-target':
      return renderFleetLive(event);
    default:
      return null;
  }
}

/** Who holds the lock and what they do. */
export function renderHolder(holder: LockHolder): string {
  const name = holder.applicationName === '' ? 'another session' : holder.applicationName;
  const doing = holder.query === '' ? '' : `, ${holder.state}: ${cut(holder.query.replace(/\s+/g, ' '), 80)}`;
  return redact(`${name} (pid ${holder.pid}, since ${holder.since}${doing})`);
}

function renderCompared({
  checked,
  differences,
  elapsedMs,
}: Extract<RunEvent, { type: 'compared' }>): string {
  const what = differences.length === 0 ? 'no difference' : renderCount(differences.length, 'difference');
  return `Compared ${renderCount(checked, 'object')} with what the history leaves: ${what} (${renderDuration(elapsedMs)}).`;
}

/** What was there and is in the ledger now. */
export function renderAdopted({
  tables,
  statements,
}: {
  readonly tables: readonly string[];
  readonly statements: number;
}): string {
  return `  adopted ${renderList(tables, 20)}: there already as the history leaves ${tables.length === 1 ? 'it' : 'them'}, ${renderCount(statements, 'statement')}`;
}

function renderWaiting(event: Extract<RunEvent, { type: 'waiting' }>): string {
  if (event.finding !== undefined) return `Waiting: ${redact(renderFinding(event.finding))}`;
  return `Waiting for the lock${event.holder === null ? '' : `, held by ${renderHolder(event.holder)}`}`;
}

function renderHistory(event: Extract<RunEvent, { type: 'history' }>): string {
  const lines = [...new Set(event.passedOver.map(({ reason }) => reason))].map((reason) => {
    const files = event.passedOver.filter((file) => file.reason === reason).map(({ path }) => path);
    return `  passed over (${reason.replaceAll('-', ' ')}): ${files.join(', ')}`;
  });
  const head = `Read ${renderCount(event.migrations, 'migration')} of ${event.location} (${event.format}).`;
  return [head, ...lines].join('\n');
}
