import { PlinthError } from '../../errors.js';
import { renderAdoption, renderAdoptionJson } from '../../report/adoption-text.js';
import { getStyle } from '../../report/style.js';
import type { ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Prints how each table compares with what the history leaves; with --yes adopts those that are equal. Different ones have an exit code of their own. */
export async function runAdopt(values: Values, io: Io): Promise<ExitCode> {
  if (values['dryRun'] === true && values['yes'] === true) {
    throw new PlinthError('OPTIONS_INVALID', { problems: ['--dry-run and --yes say the opposite'] });
  }
  const { adopt } = await io.load();
  const report = await withReporter(io, values, true, (context) => adopt(getLibraryOptions(values), context));
  const text =
    values['json'] === true
      ? renderAdoptionJson(report)
      : renderAdoption(report, getStyle(io.stdout, io.env));
  io.stdout.write(`${text}\n`);
  return report.tables.some(({ state }) => state === 'different') ? 6 : 0;
}
