import { relative } from 'node:path';
import { renderCreated, renderCreatedJson } from '../../report/init-text.js';
import type { CreateSettingsOptions, Io } from '../io.js';
import type { Values } from '../values.js';

const KEYS = ['migrations', 'format', 'config', 'force'] as const;

/** Writes plinth.json from what is recognized, and says what that was. */
export async function runInit(values: Values, io: Io): Promise<void> {
  const { createSettings } = await io.load();
  const given = KEYS.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]);
  const options = Object.fromEntries(given) as CreateSettingsOptions;
  const created = await createSettings(options, { signal: io.signal });
  const path = relative('', created.path);
  const shown = { ...created, path: path.startsWith('..') ? created.path : path };
  io.stdout.write(`${values['json'] === true ? renderCreatedJson(shown) : renderCreated(shown)}\n`);
}
