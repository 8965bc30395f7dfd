import type { Session } from '../../src/postgres/session.js';
import { getDifferences, type Picture, readPicture } from '../histories/fingerprint.js';

/** A database's catalogue, what its rows say, and where its sequences stand. */
export interface Outcome {
  readonly picture: Picture;
  readonly contents: ReadonlyMap<string, string>;
}

const CONTENTS = `
select n.nspname || '.' || c.relname as name,
  pg_catalog.query_to_xml(case when c.relkind = 'S' then pg_catalog.format('select last_value, is_called from %I.%I', n.nspname, c.relname)
    else pg_catalog.format('select t::text as row from %s %I.%I t order by 1', case c.relkind when 'r' then 'only' end, n.nspname, c.relname) end, false, true, '')::text as content
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm', 'S') and n.nspname not in ('pg_catalog', 'information_schema', 'plinth') and n.nspname !~ '^pg_'`;

export async function readOutcome(session: Session): Promise<Outcome> {
  const picture = await readPicture(session);
  const rows = await session.query(CONTENTS);
  return { picture, contents: new Map(rows.map((row) => [String(row['name']), String(row['content'])])) };
}

/** How a part differs from the whole, but for the relations that are none of its business. */
export function compareOutcomes(
  part: Outcome,
  whole: Outcome,
  wanted: readonly string[],
  beside: ReadonlySet<string>,
): readonly string[] {
  const isBeside = (line: string): boolean => line.split(' ').some((word) => beside.has(word));
  const differences = getDifferences(part.picture, whole.picture, wanted).filter((line) => !isBeside(line));
  const contents = [...part.contents]
    .filter(([name, content]) => !beside.has(name) && whole.contents.get(name) !== content)
    .map(
      ([name, content]) => `contents ${name}: ${render(content)}, not ${render(whole.contents.get(name))}`,
    );
  return [...differences, ...contents];
}

const render = (content: string | undefined): string =>
  content === undefined
    ? 'nothing'
    : content
        .replace(/<[^>]*>|\s+/g, ' ')
        .trim()
        .slice(0, 120);
