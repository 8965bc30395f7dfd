import { renderTables, renderTablesJson } from '../../report/tables-text.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Lists the tables of a history, each with the size of its slice. */
export async function runTables(values: Values, io: Io): Promise<void> {
  const { readTables } = await io.load();
  const tables = await withReporter(io, values, false, (context) =>
    readTables(getLibraryOptions(values), context),
  );
  io.stdout.write(`${values['json'] === true ? renderTablesJson(tables) : renderTables(tables)}\n`);
}
