import { LEDGER_TOOLS, type LedgerTool, type ToolLedgerName } from '../model/tool-ledger.js';
import { renderSuggestion } from '../report/suggestion.js';
import type { Check } from './check.js';

type Key = 'trustLedger' | 'writeLedger';

/** Reads `goose`, `goose=versions` or `goose=app.versions`; names as the catalogue has them. */
export function readToolLedger(check: Check<Key>, key: Key): ToolLedgerName | null {
  const text = check.text(key);
  if (text === null) return null;
  const [tool = '', ...rest] = text.trim().split('=');
  if (!(LEDGER_TOOLS as readonly string[]).includes(tool)) {
    return check.wrong(
      key,
      `one of ${LEDGER_TOOLS.join(', ')}, with =TABLE or =SCHEMA.TABLE where it has another one${renderSuggestion(tool, LEDGER_TOOLS)}`,
    );
  }
  if (rest.length === 0) return { tool: tool as LedgerTool, schema: null, table: null };
  const parts = rest.join('=').split('.');
  if (parts.length > 2 || parts.some((part) => part === ''))
    return check.wrong(key, `${tool}=TABLE or ${tool}=SCHEMA.TABLE`);
  const table = parts.pop()!;
  return { tool: tool as LedgerTool, schema: parts[0] ?? null, table };
}

/** Notes what cannot be had together. */
export function ensureToolLedgers(
  check: Check<Key>,
  {
    trustLedger,
    writeLedger,
    tables,
    partitions,
  }: {
    readonly trustLedger: ToolLedgerName | null;
    readonly writeLedger: ToolLedgerName | null;
    readonly tables: readonly string[];
    readonly partitions: unknown;
  },
): void {
  if (writeLedger === null) return;
  const { tool } = writeLedger;
  const [write, trust] = [check.getName('writeLedger'), check.getName('trustLedger')];
  if (tables.length > 0 || partitions !== null) {
    check.problems.push(
      `${write} takes a whole history: the table of ${tool} cannot say that a migration ran in part, as it does for ${tables.length > 0 ? 'chosen tables' : 'chosen partitions'}`,
    );
  }
  if (trustLedger !== null && !isSame(trustLedger, writeLedger))
    check.problems.push(`${trust} and ${write} must name the same table`);
}

const isSame = (one: ToolLedgerName, other: ToolLedgerName): boolean =>
  one.tool === other.tool && one.schema === other.schema && one.table === other.table;
