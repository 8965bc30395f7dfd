import { ALL, type OptionRow, row } from './row.js';

/** What is printed. */
export const OUTPUT_ROWS: readonly OptionRow[] = [
  row('Output', ['apply'], 'flag', '--dry-run', 'change nothing: say what would run, and what would stop it'),
  row(
    'Output',
    ['apply'],
    'flag',
    '--adopt',
    'run nothing: say which tables could be adopted, and which differ',
  ),
  row('Output', ['plan'], 'flag', '--left-out', 'name what the plan leaves out'),
  row('Output', ['report'], 'text', '--html <file>', 'the file to write; - writes to stdout', {
    completes: 'files',
  }),
  row(
    'Output',
    ['report'],
    'text',
    '--against <file>',
    'an earlier plinth.lock.json: show what changed since',
    {
      completes: 'files',
    },
  ),
  row(
    'Output',
    ['prove', 'report'],
    'flag',
    '--open',
    'open the page about it in the browser (docs/report.md)',
  ),
  row('Output', ALL, 'flag', '--json', 'data for programs on stdout (docs/cli.md)'),
  row('Output', ALL, 'flag', '-v, --verbose', 'tell more'),
];
