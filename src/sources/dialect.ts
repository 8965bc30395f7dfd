const OWN = new Set(['postgres', 'postgresql', 'pg', 'pgx', 'psql', 'pgsql']);
const FOREIGN = new Set(
  (
    'mysql mariadb sqlite sqlite3 cockroach cockroachdb crdb mssql sqlserver oracle h2 hsqldb db2 ' +
    'clickhouse spanner snowflake redshift tidb vitess duckdb libsql yugabyte yugabytedb'
  ).split(' '),
);

/**
 * The files meant for another database, by a word in their name or folder (`x.mysql.sql`, `mysql/x.sql`).
 * The word counts only where the folder evidently keeps dialects apart: a file of PostgreSQL's own, or one name in two dialects.
 */
export function getOtherDialectFiles(paths: readonly string[]): ReadonlySet<string> {
  const files = paths.filter((path) => /sql$/i.test(path)).map((path) => ({ path, ...getDialect(path) }));
  const marksByStem = new Map<string, Set<string>>();
  for (const { stem, mark } of files) {
    marksByStem.set(stem, (marksByStem.get(stem) ?? new Set()).add(mark));
  }
  const isEvident =
    files.some(({ mark }) => OWN.has(mark)) || [...marksByStem.values()].some((marks) => marks.size > 1);
  if (!isEvident) return new Set();
  const hasOwn = (stem: string) => [...marksByStem.get(stem)!].some((mark) => OWN.has(mark));
  return new Set(
    files
      .filter(({ stem, mark }) => FOREIGN.has(mark) || (mark === '' && hasOwn(stem)))
      .map(({ path }) => path),
  );
}

function getDialect(path: string): { readonly stem: string; readonly mark: string } {
  const folders = path.split('/');
  const words = folders.pop()!.split('.');
  // Neither the title nor the extension is a mark.
  const inName = words.findIndex((word, i) => i > 0 && i < words.length - 1 && isDialect(word));
  const inFolder = folders.findIndex(isDialect);
  const mark =
    inName !== -1 ? words.splice(inName, 1)[0] : folders.splice(inFolder, inFolder === -1 ? 0 : 1)[0];
  return { stem: [...folders, words.join('.')].join('/'), mark: mark?.toLowerCase() ?? '' };
}

/** True for a word that names a database. */
export function isDialect(word: string): boolean {
  return isOwnDialect(word) || FOREIGN.has(word.toLowerCase());
}

/** True for a word that names PostgreSQL. */
export function isOwnDialect(word: string): boolean {
  return OWN.has(word.toLowerCase());
}
