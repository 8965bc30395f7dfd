import type { History, Migration, Region } from '../../src/model/history.js';
import { expandRegion } from '../../src/sql/expand.js';
import type { SystemServer } from './system-server.js';

/**
 * Lets psql make the schema: one psql a migration, in the tool's order, as one transaction where the tool makes
 * it one and the file bears it.
 */
export async function applyWithPsql(
  server: SystemServer,
  database: string,
  history: History,
  before: string | null,
  searchPath: string | null,
): Promise<void> {
  if (before !== null) await ensureRun(server, database, [], before, 'the prelude');
  for (const migration of history.migrations) {
    const sql = migration.regions.map((region) => renderRegion(migration, region)).join('');
    const settings = searchPath === null ? '' : `set search_path = ${searchPath};\n`;
    if (migration.transaction === 'each') {
      const { code } = await server.runPsql(database, ['-1'], settings + sql);
      if (code === 0) continue;
    }
    await ensureRun(server, database, [], settings + sql, migration.name);
  }
}

/** The SQL of a region as psql takes it. */
export function renderRegion({ text, substitutions }: Migration, region: Region): string {
  const part = expandRegion(text, region, substitutions).text;
  const { rows } = region;
  // A region may lack its last semicolon; an empty statement does no harm, but not before rows.
  if (rows === undefined) return `${part}\n;\n`;
  return `${part.replace(/;?\s*$/, ';\n')}${text.slice(rows.start, rows.end)}\\.\n`;
}

async function ensureRun(
  server: SystemServer,
  database: string,
  args: readonly string[],
  sql: string,
  name: string,
): Promise<void> {
  const { code, stderr } = await server.runPsql(database, args, sql);
  if (code !== 0) throw new Error(`psql failed on ${name}: ${stderr}`);
}
