import type { Format } from '../model/history.js';
import { atlas } from './atlas/atlas.js';
import { dbmate } from './dbmate.js';
import { diesel } from './diesel.js';
import { drizzle } from './drizzle.js';
import { flyway } from './flyway/flyway.js';
import { golangMigrate } from './golang-migrate.js';
import { goose } from './goose.js';
import { graphileMigrate } from './graphile-migrate/graphile-migrate.js';
import { manifest } from './manifest/manifest.js';
import { nodePgMigrate } from './node-pg-migrate.js';
import { pgDump } from './pg-dump.js';
import { plain } from './plain.js';
import { pop } from './pop.js';
import { prisma } from './prisma.js';
import type { Reader } from './reader.js';
import { sqitch } from './sqitch/sqitch.js';
import { sqlMigrate } from './sql-migrate.js';
import { sqlx } from './sqlx.js';
import { supabase } from './supabase.js';
import { tern } from './tern/tern.js';

/** Every reader; of two that fit equally and read the same, the earlier one is taken. */
export const READERS: readonly Reader[] = [
  goose,
  golangMigrate,
  dbmate,
  flyway,
  prisma,
  drizzle,
  sqlx,
  diesel,
  sqlMigrate,
  atlas,
  nodePgMigrate,
  graphileMigrate,
  pop,
  tern,
  supabase,
  sqitch,
  pgDump,
  manifest,
  plain,
];

/** The reader of a format. */
export function getReader(format: Format): Reader {
  return READERS.find((reader) => reader.format === format)!;
}
