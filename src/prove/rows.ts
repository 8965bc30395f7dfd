import { renderIdentifier, renderLiteral } from '../postgres/quote.js';
import type { Session } from '../postgres/session.js';

/** What rows a table has: their number, and digests of its columns, in no order; '' is of whole rows. */
export interface RowPicture {
  readonly rows: number;
  readonly digests: Readonly<Record<string, string>>;
}

/** A table and its columns. */
export interface RowTable {
  /** As SQL. */
  readonly identity: string;
  readonly columns: readonly string[];
}

/** The rows of those of the tables that have any. */
export async function readRows(
  session: Session,
  tables: readonly RowTable[],
): Promise<ReadonlyMap<string, RowPicture>> {
  if (tables.length === 0) return new Map();
  await session.execute("reset role; reset all; set search_path = ''");
  // A slice that lacks something may not have made them all, nor all of their columns.
  const there = await session.query(
    tables
      .map(
        ({ identity }, at) =>
          `select ${at} as at, array(select attname::text from pg_catalog.pg_attribute
             where attrelid = pg_catalog.to_regclass(${renderLiteral(identity)}) and attnum > 0 and not attisdropped) as names
           where pg_catalog.to_regclass(${renderLiteral(identity)}) is not null`,
      )
      .join(' union all '),
  );
  if (there.length === 0) return new Map();
  const filled = await session.query(
    there
      .map(({ at }) => {
        const { identity } = tables[Number(at)]!;
        return `select ${Number(at)} as at, exists (select from ${identity}) as filled`;
      })
      .join(' union all '),
  );
  const names = new Map(there.map((row) => [Number(row['at']), new Set(row['names'] as string[])]));
  const found = filled
    .filter((row) => row['filled'] === true)
    .map((row): RowTable => {
      const at = Number(row['at']);
      const { identity, columns } = tables[at]!;
      return { identity, columns: columns.filter((name) => names.get(at)!.has(name)) };
    });
  const pictures = new Map<string, RowPicture>();
  for (const table of found) {
    const [row] = await session.query(renderPicture(table));
    const { rows, ...digests } = row!['picture'] as { rows: number } & Record<string, string>;
    pictures.set(table.identity, { rows, digests });
  }
  return pictures;
}

function renderPicture({ identity, columns }: RowTable): string {
  const digest = (text: string): string =>
    `pg_catalog.md5(pg_catalog.string_agg(pg_catalog.md5(coalesce(${text}, 'null')), '' order by pg_catalog.md5(coalesce(${text}, 'null'))))`;
  const fields = columns.map((name) => [name, digest(`t.${renderIdentifier(name)}::text`)] as const);
  const pairs = [
    ['rows', 'pg_catalog.count(*)::int'] as const,
    ['', digest('t::text')] as const,
    ...fields,
  ].map(([name, sql]) => `${renderLiteral(`${name}`)}, ${sql}`);
  // A function takes 100 arguments at most.
  const parts: string[] = [];
  for (let at = 0; at < pairs.length; at += 40) {
    parts.push(`pg_catalog.jsonb_build_object(${pairs.slice(at, at + 40).join(', ')})`);
  }
  return `select ${parts.join(' || ')} as picture from ${identity} t`;
}

/** What two runs of the same history agree upon: what asks for the time or for chance differs. */
export function getStableRows(
  one: ReadonlyMap<string, RowPicture>,
  other: ReadonlyMap<string, RowPicture>,
): ReadonlyMap<string, RowPicture> {
  return new Map(
    [...one].map(([table, { rows, digests }]) => {
      const again = other.get(table)?.digests ?? {};
      const stable = Object.entries(digests).filter(([column, digest]) => again[column] === digest);
      return [table, { rows, digests: Object.fromEntries(stable) }];
    }),
  );
}

/** True where a table has the rows that it should have; where whole rows are told, columns say nothing more. */
export function isSameRows(expected: RowPicture | undefined, found: RowPicture | undefined): boolean {
  if (expected === undefined || found === undefined) return expected === found;
  if (expected.rows !== found.rows) return false;
  return Object.entries(expected.digests).every(([column, digest]) => found.digests[column] === digest);
}
