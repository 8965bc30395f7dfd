import type { Session } from '../../src/postgres/session.js';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  readonly element: string | null;
  readonly label: string | null;
  readonly length: number | null;
  /** `schema.table` and column that it refers to by itself. */
  readonly refers: readonly [string, string] | null;
}

// Columns that want a value, or take one; those that come by themselves are left to it.
const COLUMNS = `
select format('%I.%I', n.nspname, c.relname) as table, json_agg(json_build_object('name', quote_ident(a.attname),
  'type', format_type(a.atttypid, null), 'kind', coalesce(b.typtype, t.typtype), 'element', case when t.typcategory = 'A' then format_type(t.typelem, null) end,
  'label', (select enumlabel from pg_enum where enumtypid = t.oid order by enumsortorder limit 1),
  'length', case when a.atttypmod > 4 and t.typname in ('varchar', 'bpchar') then a.atttypmod - 4 end,
  'refers', (select json_build_array(format('%I.%I', fn.nspname, f.relname), quote_ident(fa.attname)) from pg_constraint k
    join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
    join pg_attribute fa on fa.attrelid = f.oid and fa.attnum = k.confkey[array_position(k.conkey, a.attnum)]
    where k.contype = 'f' and k.conrelid = c.oid and a.attnum = any (k.conkey) limit 1)) order by a.attnum) as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
  join pg_type t on t.oid = a.atttypid left join pg_type b on b.oid = nullif(t.typbasetype, 0)
where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
  and a.attgenerated = '' and a.attidentity = '' and n.nspname not in ('information_schema', 'plinth') and n.nspname !~ '^pg_'
  and not exists (select from pg_depend e where e.objid = c.oid and e.deptype = 'e')
group by 1 order by 1`;

const ROWS = 3;

/**
 * Puts some rows into every table that takes them, referred tables first: values by type alone, and what refers to a row
 * refers to one that is there. Tells which tables have rows now, of how many.
 */
export async function fillTables(
  session: Session,
): Promise<{ readonly filled: number; readonly tables: number }> {
  const tables = (await session.query(COLUMNS)).map((row) => ({
    name: String(row['table']),
    columns: row['columns'] as readonly Column[],
    rows: 0,
  }));
  for (let progress = true; progress; ) {
    progress = false;
    for (const table of tables) {
      while (table.rows < ROWS && (await insertRow(session, table.name, table.columns, table.rows))) {
        table.rows += 1;
        progress = true;
      }
    }
  }
  return { filled: tables.filter(({ rows }) => rows > 0).length, tables: tables.length };
}

async function insertRow(
  session: Session,
  table: string,
  columns: readonly Column[],
  row: number,
): Promise<boolean> {
  // First with all values, then without those that may be missing: a check may forbid one.
  for (const wanted of [columns, columns.filter(({ refers }) => refers === null), []]) {
    const names = wanted.map(({ name }) => name).join(', ');
    const values = wanted.map((column) => renderValue(column, row)).join(', ');
    const sql =
      wanted.length === 0
        ? `insert into ${table} default values`
        : `insert into ${table} (${names}) values (${values})`;
    try {
      await session.execute(sql);
      return true;
    } catch {
      // The next way.
    }
  }
  return false;
}

function renderValue(column: Column, row: number): string {
  if (column.refers !== null) {
    const [table, name] = column.refers;
    return `(select ${name} from ${table} order by 1 offset ${row} limit 1)`;
  }
  const { type, element, label, kind, length } = column;
  if (element !== null) return "'{}'";
  if (kind === 'e') return `'${label?.replaceAll("'", "''")}'`;
  if (/^(?:small|big)?int|^numeric|^real|^double|^oid/.test(type)) return String(row + 1);
  if (/^uuid/.test(type)) return `'00000000-0000-0000-0000-00000000000${row}'`;
  if (/^timestamp|^date/.test(type)) return `'2024-01-0${row + 1}'`;
  if (/^time/.test(type)) return "'10:00'";
  if (/^interval/.test(type)) return "'1 day'";
  if (/^bool/.test(type)) return 'true';
  if (/^json/.test(type)) return "'{}'";
  if (/^bytea/.test(type)) return `'\\x0${row}'`;
  if (/^inet|^cidr/.test(type)) return `'10.0.0.${row}'`;
  return `'${`v${row}`.slice(0, length ?? undefined)}'`;
}
