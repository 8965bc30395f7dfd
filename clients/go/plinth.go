package plinth

import "context"

// ApplyMigrations brings the wanted tables, with all they stand on, into the PostgreSQL of a namespace. Calling it again, or
// from several services at once, changes nothing more. It returns nil where all went well, else an *Error with its cause.
// When ctx ends, the run is cancelled on the server, rolled back, and errors.Is tells ctx's error.
func ApplyMigrations(ctx context.Context, config MigrationConfig) error {
	_, err := ApplyMigrationsWithResult(ctx, config)
	return err
}

// ApplyMigrationsWithResult is ApplyMigrations with the account of every step.
func ApplyMigrationsWithResult(ctx context.Context, config MigrationConfig) (*Result, error) {
	end, err := run(ctx, config, apply)
	return end.result, err
}

// ApplyMigrationsWithConfig is ApplyMigrations, under the name that other teams asked for.
func ApplyMigrationsWithConfig(ctx context.Context, config MigrationConfig) error {
	return ApplyMigrations(ctx, config)
}

// ApplyAuditMigrations brings audit_events alone.
func ApplyAuditMigrations(ctx context.Context, config MigrationConfig) error {
	config.Tables = []string{"audit_events"}
	return ApplyMigrations(ctx, config)
}

// ApplyAllMigrations brings every table.
func ApplyAllMigrations(ctx context.Context, config MigrationConfig) error {
	config.Tables = nil
	return ApplyMigrations(ctx, config)
}

// VerifyMigrations compares the database with what the history leaves, for the tables and all they stand on; it changes nothing.
// What differs is ErrVerificationFailed.
func VerifyMigrations(ctx context.Context, config MigrationConfig) error {
	_, err := run(ctx, config, verify)
	return err
}
