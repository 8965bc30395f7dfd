import { renderDifferences } from './difference-text.js';
import type { ErrorArgs } from './error-args.js';
import { renderCount, renderList } from './measure.js';

interface Words {
  readonly message: string;
  readonly hint?: string;
}

type ToolLedgerCode = Extract<keyof ErrorArgs, `TOOL_LEDGER_${string}`>;

/** The words for what is amiss with the table of another tool. */
export const TOOL_LEDGER_WORDS: { readonly [C in ToolLedgerCode]: (args: ErrorArgs[C]) => Words } = {
  TOOL_LEDGER_MISSING: ({ tool, table, elsewhere }) => ({
    message: `there is no table ${table}, in which ${tool} would have what it applied`,
    hint:
      elsewhere.length > 0
        ? `There is ${renderList(elsewhere, 5)}: --trust-ledger ${tool}=${elsewhere[0]}`
        : `Where ${tool} never ran here, leave --trust-ledger away; where its table has another name, give it: --trust-ledger ${tool}=SCHEMA.TABLE`,
  }),
  TOOL_LEDGER_UNREADABLE: ({ tool, table, reason }) => ({
    message: `${table} cannot be read as the table of ${tool}: ${reason}`,
    hint: `Is it another tool's? --trust-ledger TOOL=SCHEMA.TABLE names the tool and its table.`,
  }),
  TOOL_LEDGER_UNFIT: ({ tool, table, unfinished, unknown, changed, mend }) => ({
    message: [
      `what ${tool} has in ${table} does not fit:`,
      ...(unfinished.length > 0 ? [`  failed or cut off: ${renderList(unfinished, 20)}`] : []),
      ...(unknown.length > 0 ? [`  not in this folder: ${renderList(unknown, 20)}`] : []),
      ...(changed.length > 0 ? [`  changed since it ran: ${renderList(changed, 20)}`] : []),
    ].join('\n'),
    hint: [
      ...(unfinished.length > 0 ? [mend] : []),
      ...(unknown.length > 0 ? ['Take the folder that fits the database: this one may be older.'] : []),
      ...(changed.length > 0
        ? ['Put the files back as they ran, or accept them unrun with --allow-changed.']
        : []),
      'Nothing was changed.',
    ].join(' '),
  }),
  TOOL_LEDGER_DIFFERS: ({ tool, table, target, differences, why }) => ({
    message: `${target} is not as the migrations leave it that ${why === 'trust' ? `${tool} has in ${table}` : `${table} is to name as applied`}: ${renderCount(differences.length, 'difference')}:\n${renderDifferences(differences, 20)}`,
    hint: 'Was something changed by hand, or a migration passed over? Mend the database, or write what it lacks as a new migration. Nothing was recorded.',
  }),
  TOOL_LEDGER_AHEAD: ({ tool, table, migrations }) => ({
    message: `${tool} has ${renderCount(migrations.length, 'migration')} in ${table} that this ledger lacks: ${renderList(migrations, 10)}`,
    hint: `Take them over with --trust-ledger ${tool}, which compares the catalogue first.`,
  }),
};
