/** A stretch of SQL and how it is set. */
export interface SqlToken {
  readonly kind: 'plain' | 'keyword' | 'string' | 'number' | 'comment' | 'name';
  readonly text: string;
}

// Strings, comments, dollar quotes, quoted names, numbers, words: what a reader wants told apart, no more.
const TOKENS =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>[Ee]'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|[BbXxNn]?'(?:[^']|'')*(?:'|$))|(?<dollar>\$(?:[A-Za-z_]\w*)?\$)|(?<name>"(?:[^"]|"")*(?:"|$))|(?<number>\b\d+(?:\.\d+)?\b)|(?<word>[A-Za-z_][\w$]*)/g;

const KEYWORDS = new Set(
  (
    'add after all alter always analyze and any array as asc atomic authorization before begin between by bytea cascade case cast check ' +
    'cluster collate column comment commit concurrently conflict constraint copy create cross current_date current_timestamp cube cursor ' +
    'data database declare default deferrable deferred definer delete desc disable distinct do domain drop each else elsif enable end ' +
    'enum exception exclude execute exists explain extension false for foreach foreign format from full function generated grant group ' +
    'having identity if immutable in increment index inherits initially inner insert instead into invoker is isolation join key language ' +
    'lateral left like limit list loop materialized maxvalue minvalue natural new no not nothing notify null nulls of off offset old on ' +
    'only or order outer over owned owner partition perform plpgsql policy primary privileges procedure raise range references ' +
    'refresh rename replace restrict return returning returns revoke right role rollback row rows rule schema security select sequence ' +
    'session set setof show stable start statement statistics stored strict table tables temp temporary then to trigger true truncate type ' +
    'unique unlogged until update usage using vacuum valid validate values view volatile when where while window with without'
  ).split(' '),
);

/** SQL cut into tokens; the texts put together are the SQL again. A body between dollar quotes is cut as SQL, too. */
export function getSqlTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  const add = (kind: SqlToken['kind'], text: string): void => {
    const last = tokens.at(-1);
    if (text === '') return;
    if (last?.kind === kind) tokens[tokens.length - 1] = { kind, text: last.text + text };
    else tokens.push({ kind, text });
  };
  let at = 0;
  for (const { index, 0: text, groups = {} } of sql.matchAll(TOKENS)) {
    add('plain', sql.slice(at, index));
    at = index + text.length;
    if (groups['comment'] !== undefined) add('comment', text);
    else if (groups['string'] !== undefined || groups['dollar'] !== undefined) add('string', text);
    else if (groups['name'] !== undefined) add('name', text);
    else if (groups['number'] !== undefined) add('number', text);
    else add(KEYWORDS.has(text.toLowerCase()) ? 'keyword' : 'plain', text);
  }
  add('plain', sql.slice(at));
  return tokens;
}
