import { explainDenied } from './denied.js';
import { renderIdentifier, renderLiteral } from './quote.js';
import type { Session } from './session.js';

/** The version of the ledger in this schema; null where there is none. Throws PERMISSION_DENIED where it may not be read. */
export async function readLedgerVersion(session: Session, schema: string): Promise<number | null> {
  // Looked up in the catalogue, where no right on the schema is needed.
  const [made] = await session.query(`select from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${renderLiteral(schema)} and c.relname = 'meta'`);
  if (made === undefined) return null;
  try {
    const [row] = await session.query(`select max(version) as version from ${renderIdentifier(schema)}.meta`);
    return Number(row?.['version']);
  } catch (error) {
    throw await explainDenied(session, error, `read the ledger in schema ${schema}`);
  }
}

/** The schema that names without one belong to, where this user may make nothing in it; null where it may, or there is none. */
export async function readSchemaGap(
  session: Session,
): Promise<{ readonly schema: string; readonly user: string } | null> {
  const [row] = await session.query(`select current_schema() as schema, current_user as "user",
    has_schema_privilege(current_schema(), 'create') as may`);
  if (row?.['may'] !== false) return null;
  return { schema: String(row['schema']), user: String(row['user']) };
}
