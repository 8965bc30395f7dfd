import { renderVerification, renderVerificationJson } from '../../report/verify-text.js';
import type { ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Compares the target with what the history leaves, and prints the differences; those have an exit code of their own. */
export async function runVerify(values: Values, io: Io): Promise<ExitCode> {
  const { verify } = await io.load();
  const result = await withReporter(io, values, true, ({ signal, onEvent }) =>
    verify(getLibraryOptions(values), {
      signal,
      onEvent: (event) => {
        // The last comparison is the outcome, and is printed below.
        if (event.type !== 'compared' || event.differences.length === 0 || values['json'] === true)
          onEvent(event);
      },
    }),
  );
  io.stdout.write(
    `${values['json'] === true ? renderVerificationJson(result) : renderVerification(result)}\n`,
  );
  return result.ok ? 0 : 10;
}
