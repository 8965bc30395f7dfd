import { renderPlanJson } from '../../report/plan-json.js';
import { renderPlanText } from '../../report/plan-text.js';
import { getStyle } from '../../report/style.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Prints what `apply` would run, and why. */
export async function runPlan(values: Values, io: Io): Promise<void> {
  const { plan } = await io.load();
  const planned = await withReporter(io, values, false, (context) =>
    plan(getLibraryOptions(values), context),
  );
  io.stdout.write(
    values['json'] === true
      ? `${JSON.stringify(renderPlanJson(planned), null, 2)}\n`
      : renderPlanText(planned, {
          columns: io.stdout.isTTY ? io.stdout.columns : undefined,
          style: getStyle(io.stdout, io.env),
          leftOut: values['leftOut'] === true,
        }),
  );
}
