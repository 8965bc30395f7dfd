export {
  type EmbeddedOptions,
  type EmbeddedServer,
  type EmbeddedStatus,
  getEmbeddedStatus,
  startEmbedded,
  stopEmbedded,
} from './embedded/server.js';
export {
  type ErrorArgs,
  type ErrorCode,
  isPlinthError,
  MigrationFailedError,
  PlinthError,
  PostgresNotReadyError,
  TableExistsError,
} from './errors.js';
export type { AdoptionReport, AdoptionState, AdoptionTable } from './model/adoption.js';
export type { DiagnosisStep, Rung, RungFacts } from './model/diagnosis.js';
export type { LockHolder, OnEvent, RunEvent } from './model/event.js';
export type { Difference, FactKind } from './model/fact.js';
export type { Finding, Severity, SourcePlace } from './model/finding.js';
export type { FleetReport, FleetStop, TargetError, TargetResult } from './model/fleet.js';
export { FORMATS, type Format } from './model/history.js';
export type {
  Concurrently,
  LeftOut,
  LeftOutStatement,
  Plan,
  PlannedCodeStep,
  PlannedMigration,
  Step,
} from './model/plan.js';
export type { Standing, TableProof } from './model/proof.js';
export type { RunResult, StepResult, StepStatus } from './model/result.js';
export type { Reason } from './model/slice.js';
export type {
  LockSession,
  LockStatus,
  Status,
  StatusDrift,
  StatusHistory,
  StatusRun,
  StatusService,
  StatusTable,
} from './model/status.js';
export type { UnlockResult } from './model/unlock.js';
export type { VerifyResult } from './model/verification.js';
export type {
  AdoptOptions,
  ApplyOptions,
  DiagnoseOptions,
  FleetOptions,
  HistoryOptions,
  ManifestOptions,
  PlanOptions,
  ReportOptions,
  StatusOptions,
  UnlockOptions,
  VerifyOptions,
} from './options.js';
export {
  adopt,
  apply,
  type CheckedProof,
  type ClusterObject,
  type Context,
  type CreatedSettings,
  type CreateSettingsOptions,
  checkProof,
  clearCache,
  createFleetRights,
  createManifest,
  createSettings,
  type Diagnosis,
  type DryRun,
  diagnose,
  dryRun,
  fleet,
  type Manifest,
  type ProvedHistory,
  plan,
  prove,
  readCache,
  readSettings,
  readStatus,
  readTables,
  report,
  type Settings,
  type SettingsRequest,
  unlock,
  verify,
  wait,
} from './run.js';
