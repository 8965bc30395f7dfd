-- +goose Up
COMMENT ON TABLE workflows IS 'Remediation workflows, one row each';
COMMENT ON COLUMN workflows.labels IS 'What a workflow is searched by';
COMMENT ON TABLE workflow_versions IS 'The contents of a workflow, version by version';
COMMENT ON COLUMN workflow_versions.content_hash IS 'SHA-256 of content, hex';
COMMENT ON TABLE audit_events IS 'What the services did, one row for each event; partitioned by month';
COMMENT ON COLUMN audit_events.event_date IS 'The day of event_timestamp in UTC; chooses the partition';
COMMENT ON COLUMN audit_events.correlation_id IS 'What belongs together: the name of the remediation';
COMMENT ON FUNCTION create_audit_events_partition(date) IS 'Makes the partition of a month';

-- +goose Down
COMMENT ON FUNCTION create_audit_events_partition(date) IS NULL;
COMMENT ON COLUMN audit_events.correlation_id IS NULL;
COMMENT ON COLUMN audit_events.event_date IS NULL;
COMMENT ON TABLE audit_events IS NULL;
COMMENT ON COLUMN workflow_versions.content_hash IS NULL;
COMMENT ON TABLE workflow_versions IS NULL;
COMMENT ON COLUMN workflows.labels IS NULL;
COMMENT ON TABLE workflows IS NULL;
