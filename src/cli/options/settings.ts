import { HISTORY, type OptionRow, row } from './row.js';

/** Where the repository's own settings are. */
export const SETTINGS_ROWS: readonly OptionRow[] = [
  row(
    'Settings',
    [...HISTORY, 'unlock', 'doctor', 'manifest', 'fleet'],
    'text',
    '--config <file>',
    'what this repository always wants (docs/settings.md)',
    {
      default: 'plinth.json, here or above',
      decides: true,
      completes: 'files',
    },
  ),
  row('Settings', ['init'], 'text', '--config <file>', 'the file to write', {
    default: 'plinth.json',
    completes: 'files',
  }),
  row('Settings', ['init'], 'flag', '--force', 'write over a file that is there'),
];
