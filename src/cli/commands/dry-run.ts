import { renderDryRun, renderDryRunJson } from '../../report/dry-run-text.js';
import { renderErrorText } from '../../report/error-text.js';
import { getStyle } from '../../report/style.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Prints what `apply` would do; ends as it would end, as far as that can be known. */
export async function runDryRun(values: Values, io: Io): Promise<void> {
  const { dryRun } = await io.load();
  const run = await withReporter(io, values, true, (context) => dryRun(getLibraryOptions(values), context));
  const [first, ...others] = run.problems;
  if (values['json'] === true) io.stdout.write(`${renderDryRunJson(run)}\n`);
  else {
    const columns = io.stdout.isTTY ? io.stdout.columns : undefined;
    io.stdout.write(renderDryRun(run, { columns, style: getStyle(io.stdout, io.env) }));
    // The first one is shown last, as the error that a run would end with.
    for (const problem of others) {
      io.stderr.write(renderErrorText(problem, { style: getStyle(io.stderr, io.env) }));
    }
  }
  if (first !== undefined) throw first;
}
