// kysely's migrator, for a folder of SQL files in the order of their names: kysely-migrate.mjs URL FOLDER
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import pg from 'pg';

const [connectionString, folder] = process.argv.slice(2);
const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString }) }) });
const provider = {
  async getMigrations() {
    const names = await readdir(folder);
    return Object.fromEntries(names.map((name) => [name, { up: (one) => run(one, name) }]));
  },
};
async function run(one, name) {
  await sql.raw(await readFile(join(folder, name), 'utf8')).execute(one);
}
try {
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
} finally {
  await db.destroy();
}
