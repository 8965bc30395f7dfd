import { PlinthError } from './errors.js';
import {
  type ApplyOptions,
  type ResolvedAdoptOptions,
  type ResolvedApplyOptions,
  resolveAdopt,
  resolveApply,
} from './options/apply.js';
import { type Check, createCheck } from './options/check.js';
import type { ResolvedDatabase } from './options/database.js';
import { type DiagnoseOptions, resolveDiagnose } from './options/diagnose.js';
import type { Env } from './options/environment.js';
import { type FleetOptions, type ResolvedFleetOptions, resolveFleet } from './options/fleet.js';
import { type ResolvedHistoryOptions, resolveHistory } from './options/history.js';
import { type ManifestOptions, type ResolvedManifestOptions, resolveManifest } from './options/manifest.js';
import { type ResolvedPlanOptions, resolvePlan } from './options/plan.js';
import { type ReportOptions, type ResolvedReportOptions, resolveReport } from './options/report.js';
import {
  type ResolvedStatusOptions,
  type ResolvedUnlockOptions,
  resolveStatus,
  resolveUnlock,
  type UnlockOptions,
} from './options/status.js';
import { type ResolvedTestingOptions, resolveTesting, type TestingOptions } from './options/testing.js';
import { type ResolvedVerifyOptions, resolveVerify, type VerifyOptions } from './options/verify.js';

export type {
  AdoptOptions,
  ApplyOptions,
  ResolvedAdoptOptions,
  ResolvedApplyOptions,
} from './options/apply.js';
export { OPTION_NAMES } from './options/check.js';
export type { ClusterOptions, ResolvedClusterTarget } from './options/cluster.js';
export type { ResolvedDatabase } from './options/database.js';
export type { DiagnoseOptions } from './options/diagnose.js';
export { parseDuration } from './options/duration.js';
export type { Env } from './options/environment.js';
export {
  type Amount,
  type FleetOptions,
  getAmount,
  MAX_PER_POD,
  type ResolvedFleetOptions,
} from './options/fleet.js';
export { type HistoryOptions, type ResolvedHistoryOptions, resolveCacheDir } from './options/history.js';
export type { ManifestOptions, ResolvedManifestOptions } from './options/manifest.js';
export type { PlanOptions, ResolvedPlanOptions } from './options/plan.js';
export type { ReportOptions, ResolvedReportOptions } from './options/report.js';
export { DURATION, IDENTIFIER, SERVICE } from './options/shapes.js';
export type {
  ResolvedStatusOptions,
  ResolvedUnlockOptions,
  StatusOptions,
  UnlockOptions,
} from './options/status.js';
export type { ResolvedTarget } from './options/target.js';
export type { Isolation, ResolvedTestingOptions, TestingOptions } from './options/testing.js';
export type { ResolvedVerifyOptions, VerifyOptions } from './options/verify.js';

type Options = ApplyOptions &
  VerifyOptions &
  UnlockOptions &
  ReportOptions &
  TestingOptions &
  DiagnoseOptions &
  ManifestOptions &
  FleetOptions;

/** Every option; each call takes those of the others without a word. */
const KEYS = (
  'trustLedger writeLedger ' +
  'migrations format history set tables alone declared partitions searchPath prelude scratch allowServerFiles steps cacheDir ' +
  'lockFile url embedded kubeconfig context namespace postgresService pod selector port user database ' +
  'password passwordSecret timeout ledger allowChanged allowOutOfOrder service missingRoles withPrelude ' +
  'afterwards verify for every yes pid against usage isolation pool keep listen keepFor ' +
  'image style urlSecret migrationsInImage migrationsImage ttl consumer serviceAccount ' +
  'targets targetKind targetNamespaces urlKey parallelism perPod canary maxFailures again'
).split(' ') as readonly (keyof Options)[];

/** Resolves what reads and watches a history; throws OPTIONS_INVALID with all problems at once. */
export function resolveHistoryOptions(raw: unknown, env: Env): ResolvedHistoryOptions {
  return resolve(raw, (check) => resolveHistory(check, env));
}

/** Resolves what plans; throws OPTIONS_INVALID with all problems at once. */
export function resolvePlanOptions(raw: unknown, env: Env): ResolvedPlanOptions {
  return resolve(raw, (check) => resolvePlan(check, env));
}

/** Resolves what applies, for which a target is needed; throws OPTIONS_INVALID with all problems at once. */
export function resolveApplyOptions(raw: unknown, env: Env): ResolvedApplyOptions {
  return resolve(raw, (check) => resolveApply(check, env));
}

/** Resolves what adopts, for which a target is needed; throws OPTIONS_INVALID with all problems at once. */
export function resolveAdoptOptions(raw: unknown, env: Env): ResolvedAdoptOptions {
  return resolve(raw, (check) => resolveAdopt(check, env));
}

/** Resolves what verifies, for which a target is needed; throws OPTIONS_INVALID with all problems at once. */
export function resolveVerifyOptions(raw: unknown, env: Env): ResolvedVerifyOptions {
  return resolve(raw, (check) => resolveVerify(check, env));
}

/** Resolves what tells the state of a database; throws OPTIONS_INVALID with all problems at once. */
export function resolveStatusOptions(raw: unknown, env: Env): ResolvedStatusOptions {
  return resolve(raw, (check) => resolveStatus(check, env));
}

/** Resolves what a page shows; throws OPTIONS_INVALID with all problems at once. */
export function resolveReportOptions(raw: unknown, env: Env): ResolvedReportOptions {
  return resolve(raw, (check) => resolveReport(check, env));
}

/** Resolves what looks for what is in the way; throws OPTIONS_INVALID with all problems at once. */
export function resolveDiagnoseOptions(raw: unknown, env: Env): ResolvedDatabase {
  return resolve(raw, (check) => resolveDiagnose(check, env));
}

/** Resolves what ends the holder of a lock; throws OPTIONS_INVALID with all problems at once. */
export function resolveUnlockOptions(raw: unknown, env: Env): ResolvedUnlockOptions {
  return resolve(raw, (check) => resolveUnlock(check, env));
}

/** Resolves what the databases of tests are made of, for which a target is needed; throws OPTIONS_INVALID with all problems at once. */
export function resolveTestingOptions(raw: unknown, env: Env): ResolvedTestingOptions {
  return resolve(raw, (check) => resolveTesting(check, env));
}

/** Resolves what a manifest is made of; throws OPTIONS_INVALID with all problems at once. */
export function resolveManifestOptions(
  raw: unknown,
  env: Env,
  what: 'job' | 'wait',
): ResolvedManifestOptions {
  return resolve(raw, (check) => resolveManifest(check, env, what));
}

/** Resolves what a fleet is; throws OPTIONS_INVALID with all problems at once. */
export function resolveFleetOptions(raw: unknown, env: Env): ResolvedFleetOptions {
  return resolve(raw, (check) => resolveFleet(check, env));
}

function resolve<T extends object>(raw: unknown, build: (check: Check<keyof Options>) => T): T {
  const check = createCheck(raw, KEYS);
  const options = build(check);
  if (check.problems.length > 0) throw new PlinthError('OPTIONS_INVALID', { problems: check.problems });
  return Object.freeze(options);
}
