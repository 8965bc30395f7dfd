export { MigrationFailedError, PostgresNotReadyError, TableExistsError } from '../errors.js';
export {
  applyAllMigrations,
  applyAuditMigrations,
  applyMigrations,
  applyMigrationsWithConfig,
  type CallOptions,
  kubernautMigrations,
  verifyMigrations,
} from './apply-migrations.js';
export { defaultMigrationConfig, type MigrationConfig } from './config.js';
