import { readFile } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { PlinthError } from '../errors.js';
import type { ObjectRef, Observation } from '../model/observation.js';
import type { Report, ReportChanges, ReportHistory, ReportTable, ReportUsage } from '../model/report.js';
import { readLockFile } from '../observe/lock-file.js';
import type { ResolvedReportOptions } from '../options.js';
import { readLedgerStatus } from '../postgres/status.js';
import { renderFinding } from '../report/finding-words.js';
import { redact } from '../report/redact.js';
import type { PageAssets } from '../report/report-html.js';
import { getStatementChanges, getTableChanges } from '../slice/changes.js';
import { getClosure, type Universe } from '../slice/closure.js';
import { createGraph } from '../slice/graph.js';
import { getWantedTables } from '../slice/tables.js';
import { createUniverse, getLeftObjects } from '../slice/universe.js';
import { compareFacts } from '../verify/compare.js';
import { getExpectation } from '../verify/expected.js';
import { VERSION } from '../version.js';
import { getObservation, getStatements, prepare } from './prepare.js';
import type { Context, Prepared } from './prepared.js';

// Longer statements are data, or made by a program: the page shows how they begin.
const MAX_SQL = 20_000;

/** Gathers all that a page shows of a history: what was seen of it, who uses it, what changed. */
export async function createReport(options: ResolvedReportOptions, context: Context): Promise<Report> {
  const prepared = await prepare(options, context);
  const before = options.against === null ? null : await readEarlier(options.against);
  const observation = await getObservation(prepared);
  const { codeSteps } = prepared.history;
  const chosen = getWantedTables(observation, options.tables, codeSteps).map(({ name }) => name);
  return {
    format: 'plinth-report/1',
    version: VERSION,
    madeAt: new Date().toISOString(),
    history: getHistory(prepared, observation, options.history),
    chosen,
    usage: await readUsage(options, context),
    changes: before === null ? null : getChanges(options.against!, before, observation),
  };
}

function getHistory(prepared: Prepared, observation: Observation, name: string): ReportHistory {
  const { format, migrations, codeSteps } = prepared.history;
  const { objects, late, enlarged, server } = observation;
  const statements = getStatements(prepared, observation);
  return {
    name,
    format,
    ...getNames(prepared.history.location, prepared.options.migrations),
    migrations: migrations.map((migration) => migration.name),
    codeSteps: codeSteps.map((step) => [step.name, step.before]),
    statements: observation.statements.map(({ migration, kind, file, line, effect }, ordinal) => {
      const { sql } = statements[ordinal]!;
      return { migration, kind, file, line, effect, sql: redact(sql).slice(0, MAX_SQL), size: sql.length };
    }),
    objects,
    late,
    ...(enlarged === undefined ? {} : { enlarged }),
    tables: getTables(observation),
    server,
  };
}

/** The location from here, for command lines, and a name that says something also where that is `.`. */
function getNames(
  location: string,
  migrations: readonly string[],
): Pick<ReportHistory, 'location' | 'title'> {
  const path = resolve(migrations[0]!);
  const here = relative(process.cwd(), path) || '.';
  if (migrations.length > 1 || here.startsWith('..') || isAbsolute(here))
    return { location, title: location };
  return { location: here, title: here === '.' ? basename(path) : here };
}

function getTables(observation: Observation): readonly ReportTable[] {
  const partitions = new Map(
    observation.facts
      .filter(({ type }) => type === undefined)
      .map(({ of, partitions: groups = [] }) => [of, groups.flatMap(({ tables }) => tables)]),
  );
  const graph = createGraph(observation);
  const universe = createUniverse(graph, getLeftObjects(observation));
  const getSize = (object: ObjectRef, room: Universe | null): number =>
    getClosure(graph, { tables: [object], universe: room }).kept.size;
  return observation.tables.map(({ schema, name, object, proof }) => ({
    name: `${schema}.${name}`,
    object,
    size: { alone: getSize(object, null), shared: getSize(object, universe) },
    partitions: partitions.get(object) ?? [],
    proof:
      proof === undefined
        ? null
        : {
            standing: proof.standing,
            why: proof.why === undefined ? '' : renderFinding({ ...proof.why, severity: 'info' }),
          },
  }));
}

async function readUsage(options: ResolvedReportOptions, context: Context): Promise<ReportUsage | null> {
  const { url, embedded, cluster, ledger, timeout, usage } = options;
  if (!usage || (url === null && embedded === null && cluster === null)) return null;
  const { createTarget } = await import('./target.js');
  const { withTarget } = await import('./reading.js');
  const { withReadOnly } = await import('../postgres/read-only.js');
  const target = await createTarget(options, 'report', context);
  const { services, runs } = await withTarget(
    target,
    { ...context, timeoutMs: timeout },
    'reading the ledger',
    (session) => withReadOnly(session, () => readLedgerStatus(session, ledger)),
  );
  const isOwn = (history: string): boolean => history === options.history;
  return {
    target: target.label,
    services: services.filter(({ histories }) => histories.some(isOwn)),
    runs: runs.filter(({ history }) => isOwn(history)),
  };
}

async function readEarlier(path: string): Promise<Observation> {
  const found = await readLockFile(path);
  if (found === null) throw new PlinthError('FILE_UNREADABLE', { path, reason: 'there is no such file' });
  if (found === 'older') {
    const reason = 'an older Plinth wrote it: prove that state of the history anew';
    throw new PlinthError('LOCK_FILE_INVALID', { path, reason });
  }
  return found;
}

function getChanges(path: string, before: Observation, now: Observation): ReportChanges {
  const [was, is] = [before, now].map((observation) => getExpectation(observation, null).facts);
  const added = compareFacts(is!, was!).filter(({ kind }) => kind === 'missing');
  return {
    path,
    server: before.server,
    statements: before.statements.length,
    tables: before.tables.length,
    statementChanges: getStatementChanges(before, now),
    tableChanges: getTableChanges(before, now),
    differences: [
      ...compareFacts(was!, is!),
      ...added.map((difference) => ({ ...difference, expected: null, found: difference.expected })),
    ],
  };
}

/** What the build made of `page/`. */
export async function readPageAssets(): Promise<PageAssets> {
  const read = async (name: string): Promise<string> => {
    // Beside the built rooms; sources that are run as they are find what the build left in dist.
    const places = ['../page/', '../../dist/page/'].map((folder) => new URL(folder + name, import.meta.url));
    const [found, elsewhere] = await Promise.allSettled(places.map((place) => readFile(place, 'utf8')));
    if (found!.status === 'fulfilled') return found!.value;
    if (elsewhere!.status === 'fulfilled') return elsewhere!.value;
    throw found!.reason;
  };
  const [script, style, licenses] = await Promise.all(
    ['page.js', 'page-style.css', 'LICENSES.txt'].map(read),
  );
  return { script: script!, style: style!, licenses: licenses! };
}
