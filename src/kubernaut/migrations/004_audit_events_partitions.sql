-- +goose Up
-- Makes the partition of the month that a day lies in, and tells its name; does nothing where it exists.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION create_audit_events_partition(month date) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    first_day date := date_trunc('month', month::timestamp)::date;
    next_month date := (first_day + interval '1 month')::date;
    partition_name text := to_char(first_day, '"audit_events_y"YYYY"m"MM');
BEGIN
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS %I PARTITION OF audit_events FOR VALUES FROM (%L) TO (%L)',
        partition_name, first_day, next_month
    );
    RETURN partition_name;
END;
$$;
-- +goose StatementEnd

SELECT create_audit_events_partition(CURRENT_DATE);
SELECT create_audit_events_partition((CURRENT_DATE + interval '1 month')::date);

-- +goose Down
DROP FUNCTION IF EXISTS create_audit_events_partition(date);
