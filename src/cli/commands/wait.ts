import { renderVerification, renderVerificationJson } from '../../report/verify-text.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Waits until the tables are as the history leaves them. */
export async function runWait(values: Values, io: Io): Promise<void> {
  const { wait } = await io.load();
  const result = await withReporter(io, values, true, (context) => wait(getLibraryOptions(values), context));
  const render = values['json'] === true ? renderVerificationJson : renderVerification;
  io.stdout.write(`${render(result)}\n`);
}
