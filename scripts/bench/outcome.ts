import type { Admin } from './admin.js';

// What tools write down for themselves; the rest has schemas of its own.
const LEDGERS = [
  ...['goose_db_version', 'schema_migrations', 'flyway_schema_history', 'pgmigrations'],
  ...['kysely_migration', 'kysely_migration_lock'],
];

/** How many things of each kind a run left, so that who failed half-way is not taken for fast. */
export async function readOutcome(server: Pick<Admin, 'query'>, database: string): Promise<string> {
  const [row] = await server.query(
    database,
    `with t as (select oid, relkind from pg_class where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p') and relname <> all ('{${LEDGERS}}'))
    select (select count(*) from t) as tables,
      (select count(*) from pg_attribute where attrelid in (select oid from t) and attnum > 0 and not attisdropped) as columns,
      (select count(*) from pg_index where indrelid in (select oid from t)) as indexes,
      (select count(*) from pg_constraint where conrelid in (select oid from t)) as constraints,
      (select count(*) from pg_trigger where tgrelid in (select oid from t)) as triggers`,
  );
  return Object.entries(row!)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}
