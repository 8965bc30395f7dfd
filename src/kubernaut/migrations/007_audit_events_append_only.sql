-- +goose Up
-- What identifies an event stays as it was written.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION refuse_audit_event_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.event_id, NEW.event_date, NEW.event_timestamp, NEW.event_type, NEW.actor_id, NEW.correlation_id)
       IS DISTINCT FROM
       (OLD.event_id, OLD.event_date, OLD.event_timestamp, OLD.event_type, OLD.actor_id, OLD.correlation_id)
    THEN
        RAISE EXCEPTION 'audit event % is append-only: its identity cannot change', OLD.event_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;
-- +goose StatementEnd

CREATE OR REPLACE TRIGGER trg_audit_events_append_only
    BEFORE UPDATE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_event_change();

-- +goose Down
DROP TRIGGER IF EXISTS trg_audit_events_append_only ON audit_events;
DROP FUNCTION IF EXISTS refuse_audit_event_change();
