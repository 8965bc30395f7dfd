import { getLostInCode } from '../sql/lost.js';
import type { ParsedStatement } from '../sql/statements.js';
import { DATA_KINDS } from '../sql/traits.js';
import type { WatchedStatement } from './records.js';
import type { Noticed } from './tracker.js';

/** What code renamed: whole objects as the notices say, parts of them as its text does. Nothing for other statements. */
export function getLostByCode(
  { kind, sql }: Pick<ParsedStatement, 'kind' | 'sql'>,
  { renamed, commands, calls }: Pick<Noticed, 'renamed' | 'commands'> & Pick<WatchedStatement, 'calls'>,
): WatchedStatement['lost'] {
  if (!DATA_KINDS.has(kind)) return [];
  const altered = commands.flatMap(({ tag, owner }) =>
    owner !== null && /^ALTER (?:TABLE|TYPE|VIEW)/.test(tag) ? [owner] : [],
  );
  const texts = altered.length === 0 ? [] : [sql, ...calls.map(({ source }) => source)];
  const parts = texts.flatMap(getLostInCode);
  return [
    ...renamed.map((one) => ({ ...one, label: false })),
    ...altered.flatMap((object) => parts.map((part) => ({ object, ...part }))),
  ];
}
