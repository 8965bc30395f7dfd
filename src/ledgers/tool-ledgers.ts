import type { LedgerTool } from '../model/tool-ledger.js';
import { dbmateLedger } from './dbmate.js';
import { dieselLedger } from './diesel.js';
import { drizzleLedger } from './drizzle.js';
import { flywayLedger } from './flyway.js';
import { golangMigrateLedger } from './golang-migrate.js';
import { gooseLedger } from './goose.js';
import { nodePgMigrateLedger } from './node-pg-migrate.js';
import { prismaLedger } from './prisma.js';
import { sqlxLedger } from './sqlx.js';
import type { ToolLedger } from './tool.js';

const TOOL_LEDGERS: Readonly<Record<LedgerTool, ToolLedger>> = {
  goose: gooseLedger,
  'golang-migrate': golangMigrateLedger,
  flyway: flywayLedger,
  prisma: prismaLedger,
  dbmate: dbmateLedger,
  sqlx: sqlxLedger,
  drizzle: drizzleLedger,
  diesel: dieselLedger,
  'node-pg-migrate': nodePgMigrateLedger,
};

/** What is known of a tool's own ledger. */
export function getToolLedger(tool: LedgerTool): ToolLedger {
  return TOOL_LEDGERS[tool];
}
