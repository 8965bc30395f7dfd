-- +goose Up
-- 2555 days are seven years.
ALTER TABLE audit_events ADD COLUMN IF NOT EXISTS retention_days integer DEFAULT 2555;
ALTER TABLE audit_events ADD COLUMN IF NOT EXISTS is_sensitive boolean DEFAULT false;

-- +goose Down
ALTER TABLE audit_events DROP COLUMN IF EXISTS is_sensitive;
ALTER TABLE audit_events DROP COLUMN IF EXISTS retention_days;
