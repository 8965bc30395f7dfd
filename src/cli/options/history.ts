import { FORMATS } from '../../model/history.js';
import { CHOSEN, FOLDER, HISTORY, type OptionRow, row } from './row.js';

/** What is read, and how it is watched. */
export const HISTORY_ROWS: readonly OptionRow[] = [
  row(
    'History',
    [...FOLDER, 'kubernaut'],
    'texts',
    '-m, --migrations <dir>',
    'the migration folder, or one SQL file; repeat for several locations',
    { decides: true, completes: 'files' },
  ),
  row('History', FOLDER, 'text', '-f, --format <format>', 'the tool that owns the folder', {
    choices: FORMATS,
    default: 'recognized',
  }),
  row(
    'History',
    [...HISTORY, 'manifest', 'fleet'],
    'text',
    '--history <name>',
    'its name in the ledger, and in plinth.json',
    {
      default: 'main',
      decides: true,
      completes: 'histories',
    },
  ),
  row(
    'History',
    [...CHOSEN, 'kubernaut', 'manifest', 'fleet'],
    'list',
    '-t, --tables <names>',
    'tables and views, by comma or repeated: name, schema.name or audit_*; other objects with their type: "function f(date)"',
    { default: 'the whole history', decides: true, completes: 'tables' },
  ),
  row('History', ['report'], 'list', '-t, --tables <names>', 'tables that are chosen to begin with', {
    default: 'none',
    completes: 'tables',
  }),
  row(
    'History',
    ['plan', 'apply', 'verify', 'wait', 'tables', 'manifest', 'fleet'],
    'flag',
    '--alone',
    'the database is for this request only: smaller slices',
  ),
  row(
    'History',
    ['plan', 'apply', 'verify', 'wait', 'tables', 'manifest', 'fleet'],
    'list',
    '--declared <names>',
    'tables that may ever be asked for on this database',
    { default: 'all', decides: true, completes: 'tables' },
  ),
  row(
    'History',
    ['plan', 'apply', 'verify', 'wait', 'manifest', 'fleet'],
    'text',
    '--partitions <window>',
    'partitions by time to bring: all, now..+1month, 2026-01..2026-07',
    { default: 'all', decides: true },
  ),
  row(
    'History',
    [...HISTORY, 'manifest', 'fleet'],
    'pairs',
    '--set <name=value>',
    'the value of a placeholder; repeat for more',
  ),
  row(
    'History',
    [...HISTORY, 'manifest', 'fleet'],
    'text',
    '--search-path <path>',
    'the search path that the history expects',
  ),
  row(
    'History',
    [...HISTORY, 'manifest', 'fleet'],
    'text',
    '--prelude <file>',
    'SQL of what the history expects around it',
    { completes: 'files' },
  ),
  row(
    'History',
    ['prove'],
    'pairs',
    '--step <name=file>',
    'SQL that does the same as a step in code; repeat for more',
    { default: 'as in the lock file', completes: 'files' },
  ),
  row('History', ['prove'], 'flag', '--check', 'only say whether the lock file fits; runs nothing'),
  row('History', HISTORY, 'text', '--scratch <url>', 'a scratch server to watch the history on', {
    default: 'an embedded one',
    variable: 'PLINTH_SCRATCH_URL',
  }),
  row(
    'History',
    HISTORY,
    'flag',
    '--allow-server-files',
    'let the history run programs and read files there',
  ),
  row('History', HISTORY, 'flag', '--no-cache', 'keep nothing of the history, and use nothing that is kept'),
];
