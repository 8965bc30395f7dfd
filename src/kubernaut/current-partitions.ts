/**
 * SQL that makes the partitions of `audit_events` for the month of a day and for the next one; it does nothing where
 * there are such partitions, or no table that is partitioned so. Needs PostgreSQL 11.
 *
 * @param day an SQL expression. Default: today in UTC, as the table's own trigger has the day of an event.
 */
export function renderCurrentPartitions(day = "(now() at time zone 'UTC')::date"): string {
  return `do $plinth$
declare
  parent oid := to_regclass('audit_events');
  first_day date;
  sibling text;
  name text;
begin
  if not exists (select from pg_partitioned_table where partrelid = parent and partstrat = 'r' and partnatts = 1) then
    return;
  end if;
  for first_day in
    select (date_trunc('month', (${day})::timestamp) + n * interval '1 month')::date from generate_series(0, 1) as n
  loop
    continue when exists (
      select from pg_inherits
        join pg_class on pg_class.oid = inhrelid
        cross join lateral regexp_matches(pg_get_expr(relpartbound, inhrelid), $$FROM \\('(.+)'\\) TO \\('(.+)'\\)$$) as bounds
      where inhparent = parent and first_day >= bounds[1]::date and first_day < bounds[2]::date
    );
    -- Named as its siblings are: whoever else makes partitions looks for that name.
    select max(relname) into sibling from pg_inherits join pg_class on pg_class.oid = inhrelid
      where inhparent = parent and relname ~ '\\d{4}\\D*\\d{2}$';
    name := regexp_replace(coalesce(sibling, 'audit_events_y0000m00'), '\\d{4}(\\D*)\\d{2}$',
      to_char(first_day, 'YYYY') || '\\1' || to_char(first_day, 'MM'));
    begin
      execute format('create table %s.%I partition of %s for values from (%L) to (%L)',
        (select relnamespace::regnamespace from pg_class where oid = parent), name, parent::regclass,
        first_day, (first_day + interval '1 month')::date);
    exception
      -- Others, which are no months, take a part of it.
      when invalid_object_definition then null;
    end;
  end loop;
end $plinth$`;
}
