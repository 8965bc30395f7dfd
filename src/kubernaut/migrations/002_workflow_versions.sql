-- +goose Up
CREATE TABLE IF NOT EXISTS workflow_versions (
    workflow_id            varchar(255) NOT NULL REFERENCES workflows (workflow_id) ON DELETE RESTRICT,
    version                varchar(50) NOT NULL,
    content                text NOT NULL,
    content_hash           varchar(64) NOT NULL,
    is_latest_version      boolean NOT NULL DEFAULT false,
    previous_version       varchar(50),
    expected_success_rate  numeric(4,3),
    actual_success_rate    numeric(4,3),
    total_executions       integer NOT NULL DEFAULT 0,
    successful_executions  integer NOT NULL DEFAULT 0,
    version_notes          text,
    approved_by            varchar(255),
    approved_at            timestamptz,
    created_at             timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workflow_id, version),
    CONSTRAINT workflow_versions_expected_rate CHECK (expected_success_rate BETWEEN 0 AND 1),
    CONSTRAINT workflow_versions_actual_rate CHECK (actual_success_rate BETWEEN 0 AND 1),
    CONSTRAINT workflow_versions_executions
        CHECK (total_executions >= successful_executions AND successful_executions >= 0)
);

-- At most one version of a workflow is the latest.
CREATE UNIQUE INDEX IF NOT EXISTS idx_workflow_versions_latest
    ON workflow_versions (workflow_id) WHERE is_latest_version;

-- +goose Down
DROP TABLE IF EXISTS workflow_versions;
