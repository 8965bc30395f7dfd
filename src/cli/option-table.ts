import { CLUSTER_ROWS } from './options/cluster.js';
import { FLEET_ROWS } from './options/fleet.js';
import { HISTORY_ROWS } from './options/history.js';
import { LEDGER_ROWS } from './options/ledger.js';
import { MANIFEST_ROWS } from './options/manifest.js';
import { OUTPUT_ROWS } from './options/output.js';
import type { CommandName, OptionRow } from './options/row.js';
import { SETTINGS_ROWS } from './options/settings.js';
import { TARGET_ROWS } from './options/target.js';

export type { CommandName, OptionKind, OptionRow } from './options/row.js';

/** Every option of the command line, in the order of the help. */
export const OPTION_TABLE: readonly OptionRow[] = [
  ...HISTORY_ROWS,
  ...TARGET_ROWS,
  ...CLUSTER_ROWS,
  ...LEDGER_ROWS,
  ...FLEET_ROWS,
  ...MANIFEST_ROWS,
  ...SETTINGS_ROWS,
  ...OUTPUT_ROWS,
];

/** The options of a command. */
export const getRows = (command: CommandName): readonly OptionRow[] =>
  OPTION_TABLE.filter(({ commands }) => commands.includes(command));
