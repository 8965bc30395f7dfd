export { MigrationFailedError, PostgresNotReadyError, TableExistsError } from '../errors.js';
export {
  applyAllMigrations,
  applyAuditMigrations,
  applyMigrations,
  applyMigrationsWithConfig,
  type CallOptions,
  verifyMigrations,
} from './apply-migrations.js';
export {
  createRemediationOrchestratorCluster,
  deleteRemediationOrchestratorCluster,
  type RemediationOrchestratorOptions,
} from './cluster.js';
export { defaultMigrationConfig, type MigrationConfig } from './config.js';
export { kubernautMigrations } from './options.js';
export { remediationRequestDefinition } from './remediation-request.js';
