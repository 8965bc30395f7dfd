import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { plan, readTables } from '../../../src/index.js';
import type { History } from '../../../src/model/history.js';
import { createDirectoryFolder } from '../../../src/sources/folder.js';
import { readHistory } from '../../../src/sources/read-history.js';
import { renderRegion } from '../../histories/reference.js';
import type { Folders } from './folders.js';
import type { BenchHistory } from './generate.js';

/** A folder that somebody has, instead of the generated ones. */
export interface GivenHistory {
  readonly history: BenchHistory;
  /** The tool that it is written for. */
  readonly format: string;
  readonly folders: Folders;
}

/** Reads it, and watches it once on the scratch server to know its tables; the file for psql goes below `root`. */
export async function readGivenHistory(
  path: string,
  wanted: string | undefined,
  { root, cacheDir, scratch }: { readonly root: string; readonly cacheDir: string; readonly scratch: string },
): Promise<GivenHistory> {
  const migrations = resolve(path);
  const read = await readHistory(createDirectoryFolder(migrations));
  const options = { migrations, cacheDir, scratch };
  const tables = await readTables(options);
  const planned = await plan(options);
  const name = basename(migrations);
  const psql = join(root, name, 'psql');
  mkdirSync(psql, { recursive: true });
  writeFileSync(join(psql, 'history.sql'), renderScript(read));
  const history: BenchHistory = {
    name,
    migrations: read.migrations.map(() => []),
    table: wanted ?? getMiddle(tables),
    tables: tables.length,
    statements: planned.migrations.reduce((sum, { steps }) => sum + steps.length, 0),
    isPartitioned: read.migrations.some(({ text }) => /\bPARTITION\s+BY\b/i.test(text)),
    about: '',
  };
  return {
    history,
    format: read.format,
    folders: {
      getHistory: () => history,
      getFolder: (_, format) => (format === 'psql' ? psql : migrations),
    },
  };
}

/** All that its tool would run, in one file: a transaction for each migration that its tool runs in one. */
function renderScript({ migrations }: History): string {
  return migrations
    .map((migration) => {
      const sql = migration.regions.map((region) => renderRegion(migration, region)).join('');
      return migration.transaction === 'each' ? `BEGIN;\n${sql}COMMIT;\n` : sql;
    })
    .join('\n');
}

function getMiddle(tables: Awaited<ReturnType<typeof readTables>>): string {
  const sorted = [...tables].sort((a, b) => a.statements - b.statements);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('The history leaves no table.');
  return `${middle.schema}.${middle.name}`;
}
