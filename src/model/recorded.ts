/**
 * A statement as the ledger keeps it and as a change is shown: rows that came with a COPY only by their number
 * and digest, for a dump may hold any amount of them.
 */
export function renderRecordedSql({
  sql,
  rows,
  digest,
}: {
  readonly sql: string;
  readonly rows?: string | undefined;
  readonly digest: string;
}): string {
  if (rows === undefined) return sql;
  const lines = rows.split('\n').length - (rows.endsWith('\n') || rows === '' ? 1 : 0);
  return `${sql}\n-- ${lines} ${lines === 1 ? 'line' : 'lines'} of rows, digest ${digest}`;
}
