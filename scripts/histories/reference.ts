import type { History } from '../../src/model/history.js';
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
    const parts = migration.regions.map(
      (region) => expandRegion(migration.text, region, migration.substitutions).text,
    );
    // A region may lack its last semicolon; an empty statement does no harm.
    const sql = parts.map((part) => `${part}\n;\n`).join('');
    const settings = searchPath === null ? '' : `set search_path = ${searchPath};\n`;
    if (migration.transaction === 'each') {
      const { code } = await server.runPsql(database, ['-1'], settings + sql);
      if (code === 0) continue;
    }
    await ensureRun(server, database, [], settings + sql, migration.name);
  }
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
