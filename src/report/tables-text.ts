/** A table with the size of its slice, as the report needs it. */
export interface TableSummary {
  readonly name: string;
  readonly schema: string;
  readonly statements: number;
}

/** One table a line, with the number of statements that it needs. */
export function renderTables(tables: readonly TableSummary[]): string {
  if (tables.length === 0) return 'The history leaves no table.';
  const rows = tables.map(({ schema, name, statements }) => [`${schema}.${name}`, `${statements}`] as const);
  const width = Math.max(...rows.map(([name]) => name.length));
  const digits = Math.max(...rows.map(([, count]) => count.length));
  return rows.map(([name, count]) => `${name.padEnd(width)}  ${count.padStart(digits)}`).join('\n');
}

/** What `tables --json` prints. */
export function renderTablesJson(tables: readonly TableSummary[]): string {
  const rows = tables.map(({ schema, name, statements }) => ({ schema, name, statements }));
  return JSON.stringify({ format: 'plinth-tables/1', tables: rows }, null, 2);
}
