import { getStyle } from '../../report/style.js';
import { renderUnlock, renderUnlockJson } from '../../report/unlock-text.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Prints who holds the lock and what ends that session; with --yes ends it. */
export async function runUnlock(values: Values, io: Io): Promise<void> {
  const { unlock } = await io.load();
  const result = await withReporter(io, values, false, (context) =>
    unlock(getLibraryOptions(values), context),
  );
  const text =
    values['json'] === true
      ? renderUnlockJson(result)
      : renderUnlock(result, io.name, getStyle(io.stdout, io.env));
  io.stdout.write(`${text}\n`);
}
