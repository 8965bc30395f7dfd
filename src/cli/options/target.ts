import { APPLYING, CLUSTER, DATABASE, type OptionRow, row } from './row.js';

// Who only looks takes them without a word.
const LOOKING = ['plan', 'verify', 'wait', 'manifest wait'] as const;

/** Which database, for whom, and for how long. */
export const TARGET_ROWS: readonly OptionRow[] = [
  row('Target', DATABASE, 'text', '--url <url>', 'a PostgreSQL: postgres://user@host/database', {
    foreign: 'DATABASE_URL, PG*',
    decides: true,
    alternative: 'url',
  }),
  row('Target', DATABASE, 'text', '--embedded <dir>', 'an embedded PostgreSQL with its data in this folder', {
    decides: true,
    completes: 'folders',
    alternative: 'embedded',
  }),
  row('Target', DATABASE, 'text', '--target <name>', 'one of the targets in plinth.json', {
    decides: true,
    completes: 'targets',
    alternative: 'target',
  }),
  row('Target', CLUSTER, 'text', '--timeout <time>', 'for everything: 500ms, 30s, 2m', { default: '30s' }),
  row('Target', ['fleet'], 'text', '--timeout <time>', 'for each database: 500ms, 30s, 2m', {
    default: '30s',
  }),
  row('Target', ['manifest'], 'text', '--timeout <time>', 'for one attempt: 500ms, 30s, 2m', {
    default: '5m',
  }),
  row(
    'Target',
    [...APPLYING, 'kubernaut', 'fleet'],
    'text',
    '--service <name>',
    'who asks; its tables, where plinth.json has it',
    {
      default: 'default',
      decides: true,
      completes: 'services',
    },
  ),
  row('Target', APPLYING, 'text', '--missing-roles <how>', 'what to do about roles that the target lacks', {
    choices: ['fail', 'create', 'skip'],
    default: 'fail',
    hiddenIn: LOOKING,
  }),
  row('Target', APPLYING, 'flag', '--with-prelude', 'run the prelude in the target first', {
    hiddenIn: LOOKING,
  }),
  row('Target', APPLYING, 'flag', '--no-verify', 'do not compare the outcome with what the history leaves', {
    hiddenIn: LOOKING,
  }),
  row('Target', ['verify'], 'text', '--for <time>', 'compare again and again: 90s, 10m', {
    default: 'once',
  }),
  row('Target', ['verify', 'wait'], 'text', '--every <time>', 'the pause in between', {
    default: '5s; wait: 1s',
  }),
  row('Target', ['unlock'], 'flag', '--yes', 'end the session that holds the lock'),
  row('Target', ['apply'], 'flag', '--yes', 'with --adopt: adopt them'),
  row('Target', ['unlock'], 'text', '--pid <pid>', 'only if this process holds it', {
    default: 'whichever does',
    decides: true,
  }),
];
