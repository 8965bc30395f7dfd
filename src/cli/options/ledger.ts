import { LEDGER_TOOLS } from '../../model/tool-ledger.js';
import { APPLYING, DATABASE, type OptionRow, row } from './row.js';

/** What the database remembers. */
export const LEDGER_ROWS: readonly OptionRow[] = [
  row('Ledger', [...DATABASE, 'manifest', 'fleet'], 'text', '--ledger <schema>', 'the schema of the ledger', {
    default: 'plinth',
  }),
  row('Ledger', APPLYING, 'flag', '--allow-changed', 'accept applied statements that changed, unrun', {
    hiddenIn: ['verify', 'wait', 'manifest wait'],
  }),
  row('Ledger', APPLYING, 'flag', '--allow-out-of-order', 'run migrations inserted below the newest one', {
    hiddenIn: ['verify', 'wait', 'manifest wait'],
  }),
  row(
    'Ledger',
    [...APPLYING, 'status'],
    'text',
    '--trust-ledger <tool>',
    'what this tool has as applied counts, once compared: goose, goose=schema.table',
    { suggests: LEDGER_TOOLS, hiddenIn: ['verify', 'wait', 'manifest wait'] },
  ),
  row(
    'Ledger',
    APPLYING,
    'text',
    '--write-ledger <tool>',
    "keep this tool's own table up to date, for a whole history",
    { suggests: LEDGER_TOOLS, hiddenIn: ['plan', 'verify', 'wait', 'manifest wait'] },
  ),
];
