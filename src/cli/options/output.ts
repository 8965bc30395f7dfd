import { ALL, type OptionRow, row } from './row.js';

/** What is printed. */
export const OUTPUT_ROWS: readonly OptionRow[] = [
  row('Output', ['apply'], 'flag', '--dry-run', 'change nothing: say what would run, and what would stop it'),
  row('Output', ['plan'], 'flag', '--left-out', 'name what the plan leaves out'),
  row('Output', ALL, 'flag', '--json', 'data for programs on stdout (docs/cli.md)'),
  row('Output', ALL, 'flag', '-v, --verbose', 'tell more'),
];
