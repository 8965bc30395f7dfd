import { renderStatus, renderStatusJson } from '../../report/status-text.js';
import { getStyle } from '../../report/style.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Prints what Plinth has to do with a database. */
export async function runStatus(values: Values, io: Io): Promise<void> {
  const { readStatus } = await io.load();
  const status = await withReporter(io, values, false, (context) =>
    readStatus(getLibraryOptions(values), context),
  );
  const text =
    values['json'] === true
      ? renderStatusJson(status)
      : renderStatus(status, { style: getStyle(io.stdout, io.env), verbose: values['verbose'] === true });
  io.stdout.write(`${text}\n`);
}
