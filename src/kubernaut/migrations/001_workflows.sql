-- +goose Up
CREATE TABLE IF NOT EXISTS workflows (
    workflow_id  varchar(255) PRIMARY KEY,
    name         varchar(255) NOT NULL,
    description  text,
    owner        varchar(255),
    labels       jsonb NOT NULL DEFAULT '{}'::jsonb,
    status       varchar(20) NOT NULL DEFAULT 'active',
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    created_by   varchar(255),
    CONSTRAINT workflows_status_known CHECK (status IN ('active', 'disabled', 'deprecated', 'archived'))
);

CREATE INDEX IF NOT EXISTS idx_workflows_labels ON workflows USING gin (labels);

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END;
$$;
-- +goose StatementEnd

CREATE OR REPLACE TRIGGER trg_workflows_updated_at
    BEFORE UPDATE ON workflows
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- +goose Down
DROP TABLE IF EXISTS workflows;
DROP FUNCTION IF EXISTS set_updated_at();
