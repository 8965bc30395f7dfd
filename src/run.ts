import { setImmediate as waitForTurn } from 'node:timers/promises';
import type { AdoptionReport } from './model/adoption.js';
import { EMPTY_LEDGER } from './model/ledger.js';
import type { Plan } from './model/plan.js';
import type { RunResult } from './model/result.js';
import type { Status } from './model/status.js';
import type { UnlockResult } from './model/unlock.js';
import type { VerifyResult } from './model/verification.js';
import { type CacheEntry, clearCacheDir, readCacheEntries } from './observe/cache.js';
import {
  type AdoptOptions,
  type ApplyOptions,
  type DiagnoseOptions,
  type HistoryOptions,
  type PlanOptions,
  type ReportOptions,
  resolveAdoptOptions,
  resolveApplyOptions,
  resolveCacheDir,
  resolveDiagnoseOptions,
  resolveHistoryOptions,
  resolvePlanOptions,
  resolveReportOptions,
  resolveStatusOptions,
  resolveUnlockOptions,
  type StatusOptions,
  type UnlockOptions,
  type VerifyOptions,
} from './options.js';
import type { CheckedProof } from './run/checking.js';
import type { Diagnosis } from './run/doctor.js';
import type { DryRun } from './run/dry-run.js';
import type { Context } from './run/prepared.js';
import type { ProvedHistory } from './run/proving.js';
import { createSlicer } from './slice/slice.js';

export type { CheckedProof } from './run/checking.js';
export type { Diagnosis } from './run/doctor.js';
export type { DryRun } from './run/dry-run.js';
export { createFleetRights, fleet, workFleet } from './run/fleet.js';
export { readKnownTables } from './run/known-tables.js';
export { type ClusterObject, createManifest, type Manifest } from './run/manifest.js';
export type { Context } from './run/prepared.js';
export type { ProvedHistory } from './run/proving.js';
export { type CreatedSettings, type CreateSettingsOptions, createSettings } from './settings/create.js';
export { readSettings, readSettingsNames, type Settings, type SettingsRequest } from './settings/settings.js';

/**
 * What `apply` would run, and why. Without a target the plan is for an empty database.
 *
 * @throws PlinthError
 */
export async function plan(options: PlanOptions, context: Context = {}): Promise<Plan> {
  const resolved = resolvePlanOptions(options, process.env);
  const { prepare } = await import('./run/prepare.js');
  const prepared = await prepare(resolved, context);
  const { createPlanner } = await import('./run/planning.js');
  const planner = await createPlanner(prepared, resolved);
  if (resolved.url === null && resolved.embedded === null && resolved.cluster === null) {
    return planner.getPlan(EMPTY_LEDGER, async () => null);
  }
  const { readPlan } = await import('./run/target-plan.js');
  return await readPlan(prepared, resolved, planner);
}

/**
 * Brings the wanted tables, with all they stand on, into the target: under a lock, a migration a transaction,
 * each statement once. Where all is there already it costs one query.
 *
 * @throws PlinthError, with `result` telling what became of every step.
 */
export async function apply(options: ApplyOptions, context: Context = {}): Promise<RunResult> {
  const resolved = resolveApplyOptions(options, process.env);
  // The driver is loaded where there is a target, and not before.
  const { applyHistory } = await import('./run/applying.js');
  // The target is asked first: it takes as long to answer as the folder to be read.
  const reading = waitForTurn().then(async () => {
    const { prepare } = await import('./run/prepare.js');
    return await prepare(resolved, context);
  });
  return await applyHistory(reading, resolved, context);
}

/**
 * What `apply` with these options would do, and what would stop it. It takes no lock and makes nothing: all of it is read in
 * transactions in which the server refuses to write.
 *
 * @throws PlinthError where even that cannot be read.
 */
export async function dryRun(options: ApplyOptions, context: Context = {}): Promise<DryRun> {
  const { rehearse } = await import('./run/dry-run.js');
  return await rehearse(resolveApplyOptions(options, process.env), context);
}

/**
 * How each table compares with what the history leaves, and whether it can be adopted; with `yes` those that are equal are, with
 * all they stand on. Nothing is run; without `yes` nothing is locked or written.
 *
 * @throws PlinthError; a table that is different is told, and no error.
 */
export async function adopt(options: AdoptOptions, context: Context = {}): Promise<AdoptionReport> {
  const { adoptTarget } = await import('./run/adopt.js');
  return await adoptTarget(resolveAdoptOptions(options, process.env), context);
}

/**
 * Compares the target's catalogue with what the history leaves for the wanted tables and all that they stand on. With
 * `for` it is compared again and again, until that time is over or something differs. Nothing is locked or written.
 *
 * @throws PlinthError; a difference is a result, and no error.
 */
export async function verify(options: VerifyOptions, context: Context = {}): Promise<VerifyResult> {
  const { verify: compare } = await import('./run/verifying.js');
  return await compare(options, context);
}

/**
 * Ends when the wanted tables, with all they stand on, are as the history leaves them; tells what it waits for. Nothing
 * is locked or written.
 *
 * @throws PlinthError; TABLES_NOT_READY with what still differs when the time is up.
 */
export async function wait(options: VerifyOptions, context: Context = {}): Promise<VerifyResult> {
  const { wait: waitForTables } = await import('./run/waiting.js');
  return await waitForTables(options, context);
}

/**
 * What Plinth has to do with a database: histories, tables, services, runs, and who holds the lock; with `migrations` also how
 * the folder and the ledger differ. It writes nothing, and needs no right to.
 *
 * @throws PlinthError
 */
export async function readStatus(options: StatusOptions, context: Context = {}): Promise<Status> {
  const { readStatusOf } = await import('./run/status.js');
  return await readStatusOf(resolveStatusOptions(options, process.env), context);
}

/**
 * Who holds the lock, and what ends that session; with `yes` it is ended, if the very same session still holds it.
 *
 * @throws PlinthError: HOLDER_CHANGED, HOLDER_STAYS, UNLOCK_REFUSED
 */
export async function unlock(options: UnlockOptions, context: Context = {}): Promise<UnlockResult> {
  const { unlockTarget } = await import('./run/unlock.js');
  return await unlockTarget(resolveUnlockOptions(options, process.env), context);
}

/**
 * Climbs the ladder to a PostgreSQL, from the kubeconfig to what a run needs of the server: what holds, with its evidence, what
 * does not, and what could not be asked. It takes no lock and changes nothing, and waits for nothing.
 *
 * @throws PlinthError where the options are wrong, or the signal fires; what is in the way is in the diagnosis.
 */
export async function diagnose(options: DiagnoseOptions, context: Context = {}): Promise<Diagnosis> {
  const { diagnoseTarget } = await import('./run/doctor.js');
  return await diagnoseTarget(resolveDiagnoseOptions(options, process.env), context);
}

/**
 * Watches the history, proves the slice of every table, and writes it all to `plinth.lock.json` beside it: whole, or not at all.
 *
 * @throws PlinthError
 */
export async function prove(options: HistoryOptions, context: Context = {}): Promise<ProvedHistory> {
  const { proveHistory } = await import('./run/proving.js');
  return await proveHistory(resolveHistoryOptions(options, process.env), context);
}

/**
 * Says whether the lock file beside a history fits it: by the digests of the statements, so that comments, white space and line
 * ends do not count. Nothing is run, and no server is needed.
 *
 * @throws LOCK_FILE_MISSING, PROOF_STALE with the statements that are not as they were, LOCK_FILE_EDITED, LOCK_FILE_NEWER
 */
export async function checkProof(options: HistoryOptions, context: Context = {}): Promise<CheckedProof> {
  const { checkProof: check } = await import('./run/checking.js');
  return await check(resolveHistoryOptions(options, process.env), context);
}

/** Every table of a history with the size of its slice on a database of its own. */
export async function readTables(
  options: HistoryOptions,
  context: Context = {},
): Promise<readonly { name: string; schema: string; statements: number }[]> {
  const { getObservation, prepare } = await import('./run/prepare.js');
  const prepared = await prepare(resolveHistoryOptions(options, process.env), context);
  const { getTableSizes } = await import('./run/planning.js');
  return getTableSizes(createSlicer(await getObservation(prepared)));
}

/**
 * A page about a history, as one HTML file: what stands on what, the slice of any choice of tables with the reason of each
 * statement, who uses what (with a target), and what changed (with `against`).
 *
 * @throws PlinthError
 */
export async function report(options: ReportOptions, context: Context = {}): Promise<string> {
  const resolved = resolveReportOptions(options, process.env);
  const { createReport, readPageAssets } = await import('./run/report.js');
  const { renderReportHtml } = await import('./report/report-html.js');
  return renderReportHtml(await createReport(resolved, context), await readPageAssets());
}

/** What is kept of histories that were watched. */
export async function readCache(
  options: { cacheDir?: string } = {},
): Promise<{ dir: string; entries: readonly CacheEntry[] }> {
  const dir = resolveCacheDir(options.cacheDir, process.env);
  return { dir, entries: await readCacheEntries(dir) };
}

/** Removes what is kept. */
export async function clearCache(options: { cacheDir?: string } = {}): Promise<{ removed: number }> {
  return { removed: await clearCacheDir(resolveCacheDir(options.cacheDir, process.env)) };
}
