import { createDenied, explainDenied } from './denied.js';
import { renderIdentifier, renderLiteral } from './quote.js';
import type { Row, Session } from './session.js';
import { getSqlState } from './sqlstate.js';

/** A table that another tool keeps, as it was found. */
export interface FoundTable {
  /** Where it is, or where it would be made. */
  readonly schema: string;
  readonly table: string;
  readonly exists: boolean;
  /** Tables of the same name in other schemas: `app.goose_db_version`. */
  readonly elsewhere: readonly string[];
}

/**
 * Finds a table by the schema, else by the search path (the session's where none is given). Call it in a transaction: the
 * search path is set for its rest.
 */
export async function findToolTable(
  session: Session,
  { schema, table }: { readonly schema: string | null; readonly table: string },
  searchPath: string | null,
): Promise<FoundTable> {
  if (searchPath !== null) await session.execute(`set local search_path = ${searchPath}`);
  const wanted =
    schema === null ? 'pg_catalog.current_schemas(false)' : `array[${renderLiteral(schema)}]::name[]`;
  const [row] = await session.query(`with found as (
  select n.nspname, pg_catalog.array_position(${wanted}, n.nspname) as at from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relname = ${renderLiteral(table)} and c.relkind in ('r', 'p', 'v', 'f') and c.relpersistence <> 't'
)
select (select nspname from found where at is not null order by at limit 1) as schema,
  array(select nspname::text from found where at is null order by 1) as elsewhere,
  ${schema === null ? 'pg_catalog.current_schema()' : renderLiteral(schema)} as here`);
  const found = row?.['schema'] as string | null;
  return {
    schema: found ?? String(row?.['here'] ?? 'public'),
    table,
    exists: found !== null,
    elsewhere: ((row?.['elsewhere'] ?? []) as string[]).map((name) => `${name}.${table}`),
  };
}

// undefined_column, undefined_function, datatype_mismatch, wrong_object_type …: of another shape than the tool's.
const OTHER_SHAPE = /^42(?!501)/;

/** The rows of such a table; a string says why it cannot be that tool's. */
export async function readToolRows(
  session: Session,
  sql: string,
  name: string,
): Promise<readonly Row[] | string> {
  try {
    return await session.query(sql);
  } catch (error) {
    if (OTHER_SHAPE.test(getSqlState(error) ?? '')) return (error as Error).message;
    throw await explainDenied(session, error, `read ${name}`);
  }
}

/** Throws PERMISSION_DENIED where this user could not write such a table; makes nothing. */
export async function ensureMayWriteTable(session: Session, { schema, table }: FoundTable): Promise<void> {
  const name = renderLiteral(`${renderIdentifier(schema)}.${renderIdentifier(table)}`);
  const [row] = await session.query(`select has_table_privilege(${name}, 'insert') as may`);
  if (row?.['may'] === true) return;
  throw await createDenied(session, `write ${schema}.${table}`, `it lacks INSERT on ${schema}.${table}`);
}
