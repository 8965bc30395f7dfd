import { FORMATS } from '../model/history.js';

/** The commands that take options. */
export type CommandName = 'plan' | 'apply' | 'prove' | 'tables' | 'cache';

/** How an option's value is read: a comma list and `NAME=VALUE` may be given more than once. */
export type OptionKind = 'text' | 'flag' | 'list' | 'pairs';

/** One option of the command line: its help, its default and the variable that stands in for it. */
export interface OptionRow {
  readonly flags: string;
  readonly kind: OptionKind;
  readonly text: string;
  readonly group: 'History' | 'Target' | 'Ledger' | 'Output';
  readonly commands: readonly CommandName[];
  readonly choices?: readonly string[];
  readonly default?: string;
  /** The environment variable that stands in where the option is not given. */
  readonly env?: string;
  /** Taken without a word, so that `plan` takes the command line of `apply`. */
  readonly hiddenIn?: CommandName;
}

const HISTORY = ['plan', 'apply', 'prove', 'tables'] as const;
const TARGET = ['plan', 'apply'] as const;
const CHOSEN = ['plan', 'apply'] as const;
const ALL = [...HISTORY, 'cache'] as const;

const row = (
  group: OptionRow['group'],
  commands: readonly CommandName[],
  kind: OptionKind,
  flags: string,
  text: string,
  more: Partial<OptionRow> = {},
): OptionRow => ({ group, commands, kind, flags, text, ...more });

/** Every option of the command line, in the order of the help. */
export const OPTION_TABLE: readonly OptionRow[] = [
  row('History', HISTORY, 'text', '-m, --migrations <dir>', 'the migration folder, or one SQL file'),
  row('History', HISTORY, 'text', '-f, --format <format>', 'the tool that owns the folder', {
    choices: FORMATS,
    default: 'recognized',
  }),
  row(
    'History',
    CHOSEN,
    'list',
    '-t, --tables <names>',
    'tables, by comma or repeated: name, schema.name or audit_*',
    {
      default: 'the whole history',
    },
  ),
  row(
    'History',
    ['plan', 'apply', 'tables'],
    'flag',
    '--alone',
    'the database is for this request only: smaller slices',
  ),
  row(
    'History',
    ['plan', 'apply', 'tables'],
    'list',
    '--declared <names>',
    'tables that may ever be asked for on this database',
    {
      default: 'all',
    },
  ),
  row('History', HISTORY, 'pairs', '--set <name=value>', 'the value of a placeholder; repeat for more'),
  row('History', HISTORY, 'text', '--search-path <path>', 'the search path that the history expects'),
  row('History', HISTORY, 'text', '--prelude <file>', 'SQL of what the history expects around it'),
  row('History', HISTORY, 'text', '--scratch <url>', 'a scratch server to watch the history on', {
    default: 'an embedded one',
    env: 'PLINTH_SCRATCH_URL',
  }),
  row(
    'History',
    HISTORY,
    'flag',
    '--allow-server-files',
    'let the history run programs and read files there',
  ),
  row('History', HISTORY, 'flag', '--no-cache', 'keep no observation, and use none that is kept'),
  row('Target', TARGET, 'text', '--url <url>', 'a PostgreSQL: postgres://user@host/database', {
    env: 'DATABASE_URL, PG*',
  }),
  row('Target', TARGET, 'text', '--embedded <dir>', 'an embedded PostgreSQL with its data in this folder'),
  row('Target', TARGET, 'text', '--timeout <time>', 'for everything: 500ms, 30s, 2m', { default: '30s' }),
  row('Target', TARGET, 'text', '--service <name>', 'who asks, as other deployers see it', {
    default: 'default',
    env: 'PLINTH_SERVICE',
    hiddenIn: 'plan',
  }),
  row('Target', TARGET, 'text', '--missing-roles <how>', 'what to do about roles that the target lacks', {
    choices: ['fail', 'create', 'skip'],
    default: 'fail',
    hiddenIn: 'plan',
  }),
  row('Target', TARGET, 'flag', '--with-prelude', 'run the prelude in the target first', {
    hiddenIn: 'plan',
  }),
  row('Ledger', TARGET, 'text', '--ledger <schema>', 'the schema of the ledger', { default: 'plinth' }),
  row('Ledger', TARGET, 'text', '--history <name>', 'the name of the history in the ledger', {
    default: 'main',
  }),
  row('Ledger', TARGET, 'flag', '--allow-changed', 'accept applied statements that changed, unrun'),
  row('Ledger', TARGET, 'flag', '--allow-out-of-order', 'run migrations inserted below the newest one'),
  row('Output', ['plan'], 'flag', '--left-out', 'name what the plan leaves out'),
  row('Output', ALL, 'flag', '--json', 'data for programs on stdout (docs/cli.md)'),
  row('Output', ALL, 'flag', '-v, --verbose', 'tell more'),
];
