import { OPTION_NAMES } from '../options.js';
import type { Io } from './io.js';
import { type CommandName, getRows } from './option-table.js';
import { getKey } from './options/row.js';
import { getLibraryOptions, type Values } from './values.js';

/** The values with what plinth.json adds to them, for a command that takes settings. */
export async function withSettings(values: Values, command: CommandName, io: Io): Promise<Values> {
  // What `init` writes it need not read.
  if (command === 'init' || !getRows(command).some((row) => getKey(row) === 'config')) return values;
  const { readSettings } = await io.load();
  const { config, target } = values as { readonly config?: string; readonly target?: string };
  const { options } = await readSettings({
    ...getLibraryOptions(values),
    ...(config === undefined ? {} : { config }),
    ...(target === undefined ? {} : { target }),
  });
  const { [OPTION_NAMES]: names } = options as { [OPTION_NAMES]?: Readonly<Record<string, string>> };
  return {
    ...values,
    ...options,
    ...(options.set === undefined ? {} : { set: Object.entries(options.set) }),
    ...(names === undefined ? {} : { [OPTION_NAMES]: names }),
  };
}
