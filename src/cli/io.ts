import type { PlinthError } from '../errors.js';
import type { MigrationConfig } from '../kubernaut/config.js';
import type { AdoptionReport } from '../model/adoption.js';
import type { Diagnosis } from '../model/diagnosis.js';
import type { DryRun } from '../model/dry-run.js';
import type { OnEvent } from '../model/event.js';
import type { FleetReport, TargetResult } from '../model/fleet.js';
import type { Format } from '../model/history.js';
import type { Plan } from '../model/plan.js';
import type { RunResult } from '../model/result.js';
import type { Status } from '../model/status.js';
import type { UnlockResult } from '../model/unlock.js';
import type { VerifyResult } from '../model/verification.js';
import type {
  AdoptOptions,
  ApplyOptions,
  DiagnoseOptions,
  Env,
  FleetOptions,
  HistoryOptions,
  ManifestOptions,
  PlanOptions,
  ReportOptions,
  StatusOptions,
  UnlockOptions,
  VerifyOptions,
} from '../options.js';

import type { CheckedSummary, ProofSummary } from '../report/proof-text.js';

/** What the commands call of the library; loaded only when a command runs. */
export interface Library {
  plan(options: PlanOptions, context?: CallContext): Promise<Plan>;
  apply(options: ApplyOptions, context?: CallContext): Promise<RunResult>;
  verify(options: VerifyOptions, context?: CallContext): Promise<VerifyResult>;
  readStatus(options: StatusOptions, context?: CallContext): Promise<Status>;
  diagnose(options: DiagnoseOptions, context?: CallContext): Promise<Diagnosis<PlinthError>>;
  unlock(options: UnlockOptions, context?: CallContext): Promise<UnlockResult>;
  adopt(options: AdoptOptions, context?: CallContext): Promise<AdoptionReport>;
  dryRun(options: ApplyOptions, context?: CallContext): Promise<DryRun<PlinthError>>;
  wait(options: VerifyOptions, context?: CallContext): Promise<VerifyResult>;
  prove(options: HistoryOptions, context?: CallContext): Promise<ProofSummary>;
  checkProof(options: HistoryOptions, context?: CallContext): Promise<CheckedSummary>;
  readTables(options: HistoryOptions, context?: CallContext): Promise<readonly TableRow[]>;
  report(options: ReportOptions, context?: CallContext): Promise<string>;
  createManifest(what: 'job' | 'wait', options: ManifestOptions, context?: CallContext): Promise<Manifest>;
  fleet(options: FleetOptions, context?: CallContext): Promise<FleetReport>;
  createFleetRights(options: FleetOptions): Promise<Manifest>;
  workFleet(
    options: FleetWork,
    context?: CallContext & { readonly onResult?: (result: TargetResult) => void },
  ): Promise<readonly TargetResult[]>;
  readCache(options?: { cacheDir?: string }): Promise<CacheContents>;
  readSettings(request: SettingsRequest): Promise<{ readonly options: ApplyOptions }>;
  readSettingsNames(request: { config?: string }): Promise<SettingsNames>;
  readKnownTables(options: HistoryOptions): Promise<readonly string[]>;
  createSettings(options: CreateSettingsOptions, context?: CallContext): Promise<CreatedSettings>;
  clearCache(options?: { cacheDir?: string }): Promise<{ removed: number }>;
}

/** What a pod of a fleet is to do. */
export type FleetWork = Omit<ApplyOptions, 'url' | 'embedded'> & {
  readonly namespace: string;
  readonly shard: string;
  readonly maxFailures?: number;
};

/** Objects for a cluster, as values and as YAML. */
export interface Manifest {
  readonly objects: readonly object[];
  readonly yaml: string;
}

/** What `plinth/kubernaut` makes of its own options. */
export interface Kubernaut {
  getApplyOptions(config: MigrationConfig): ApplyOptions;
  getVerifyOptions(config: MigrationConfig): VerifyOptions;
}

/** How a call is watched and stopped. */
export interface CallContext {
  readonly signal?: AbortSignal;
  readonly onEvent?: OnEvent;
}

/** Options, and which settings are to fill them. */
export interface SettingsRequest extends Partial<ApplyOptions> {
  config?: string;
  target?: string;
}

/** The names that settings give. */
export type SettingsNames = Readonly<Record<'services' | 'targets' | 'histories', readonly string[]>>;

/** What `init` is to write. */
export interface CreateSettingsOptions {
  migrations?: string | readonly string[];
  format?: Format;
  config?: string;
  force?: boolean;
}

/** What `init` found and wrote. */
export interface CreatedSettings {
  readonly path: string;
  readonly migrations: string | readonly string[];
  readonly format: Format;
  readonly count: number;
  readonly missing: readonly string[];
}

/** A table with the size of its slice. */
export interface TableRow {
  readonly name: string;
  readonly schema: string;
  readonly statements: number;
}

/** The kept observations. */
export interface CacheContents {
  readonly dir: string;
  readonly entries: readonly {
    readonly digest: string;
    readonly bytes: number;
    readonly usedAt: string;
    readonly location: string;
    readonly statements: number;
  }[];
}

/** The world as a command sees it. */
export interface Io {
  /** What the program calls itself: `plinth` or `kubectl plinth`. */
  readonly name: string;
  readonly version: string;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Env;
  readonly signal: AbortSignal;
  readonly load: () => Promise<Library>;
  readonly loadKubernaut: () => Promise<Kubernaut>;
}
