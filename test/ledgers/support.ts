import type { ToolRow } from '../../src/ledgers/tool.js';
import { getToolLedger } from '../../src/ledgers/tool-ledgers.js';
import type { History } from '../../src/model/history.js';
import type { LedgerTool } from '../../src/model/tool-ledger.js';
import { type Files, readMemory } from '../sources/memory.js';
import { createToolFiles } from '../support/tool-folders.js';

/** The three migrations as the tool's folder. */
export const readTool = (tool: LedgerTool, files: Files = createToolFiles(tool, 3)): Promise<History> =>
  readMemory(files, { format: tool });

/** What rows say of a history, as names: `1, 2` and what does not fit. */
export function getSaid(tool: LedgerTool, history: History, rows: readonly ToolRow[]) {
  const { applied, outdated, changed, unknown, unfinished } = getToolLedger(tool).getRecord(history, rows);
  const getIds = (ordinals: ReadonlySet<number>): string[] =>
    [...ordinals].sort((a, b) => a - b).map((ordinal) => history.migrations[ordinal]!.id);
  return {
    applied: getIds(applied),
    ...(outdated.size === 0 ? {} : { outdated: getIds(outdated) }),
    ...(changed.length === 0 ? {} : { changed }),
    ...(unknown.length === 0 ? {} : { unknown }),
    ...(unfinished.length === 0 ? {} : { unfinished }),
  };
}
