import { type OptionRow, row } from './row.js';

/** Which databases, and how a fleet goes through them. */
export const FLEET_ROWS: readonly OptionRow[] = [
  row('Fleet', ['fleet'], 'text', '--targets <file>', 'the list of databases (docs/fleets.md); - is stdin', {
    decides: true,
    completes: 'files',
  }),
  row('Fleet', ['fleet'], 'text', '--selector <labels>', 'instead: what in the cluster has these labels', {
    decides: true,
  }),
  row('Fleet', ['fleet'], 'text', '--target-kind <kind>', 'what the selector finds', {
    choices: ['services', 'secrets'],
    default: 'services',
    decides: true,
  }),
  row(
    'Fleet',
    ['fleet'],
    'list',
    '--target-namespaces <names>',
    'where the selector looks; * is everywhere',
    {
      default: 'the namespace',
      decides: true,
    },
  ),
  row('Fleet', ['fleet'], 'text', '--url-key <key>', 'the key of a Secret that holds a URL', {
    default: 'uri',
  }),
  row('Fleet', ['fleet'], 'text', '--parallelism <number>', 'pods at a time, with one connection each', {
    default: '8',
  }),
  row('Fleet', ['fleet'], 'text', '--per-pod <number>', 'databases that a pod goes through', {
    default: 'half of its share, 250 at most',
  }),
  row('Fleet', ['fleet'], 'text', '--canary <number>', 'so many first, or a share: 2%', { default: 'none' }),
  row(
    'Fleet',
    ['fleet'],
    'text',
    '--max-failures <number>',
    'so many may fail, or a share; with one more the rest is left',
    { default: 'all' },
  ),
  row('Fleet', ['fleet'], 'flag', '--again', 'ask those again, too, that an earlier run was through with'),
  row(
    'Fleet',
    ['fleet'],
    'flag',
    '--print-rights',
    'only print the account of the pods with its Roles, for --service-account',
  ),
  row('Fleet', ['fleet'], 'text', '--shards <name>', 'the Job whose databases a pod goes through', {
    hiddenIn: ['fleet'],
  }),
];
