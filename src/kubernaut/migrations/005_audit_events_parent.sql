-- +goose Up
-- An event that others follow from cannot be deleted before them.
ALTER TABLE audit_events DROP CONSTRAINT IF EXISTS audit_events_parent;
ALTER TABLE audit_events
    ADD CONSTRAINT audit_events_parent FOREIGN KEY (parent_event_id, parent_event_date)
    REFERENCES audit_events (event_id, event_date) ON DELETE RESTRICT;

-- +goose Down
ALTER TABLE audit_events DROP CONSTRAINT IF EXISTS audit_events_parent;
