import { renderResultJson } from '../../report/ndjson.js';
import { renderResult } from '../../report/result-text.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Brings the tables into the target, and prints what was done. */
export async function runApply(values: Values, io: Io): Promise<void> {
  const { apply } = await io.load();
  const result = await withReporter(io, values, true, (context) => apply(getLibraryOptions(values), context));
  io.stdout.write(`${values['json'] === true ? renderResultJson(result) : renderResult(result)}\n`);
}
