import { getProblems, renderDiagnosis, renderDiagnosisJson } from '../../report/diagnosis-text.js';
import { getStyle } from '../../report/style.js';
import { type ExitCode, getExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Prints what holds and what is in the way to a PostgreSQL; ends as a run would end, with the code of the first failure. */
export async function runDoctor(values: Values, io: Io): Promise<ExitCode> {
  const { diagnose } = await io.load();
  const diagnosis = await withReporter(io, values, false, (context) =>
    diagnose(getLibraryOptions(values), context),
  );
  const text =
    values['json'] === true
      ? renderDiagnosisJson(diagnosis)
      : renderDiagnosis(diagnosis, { style: getStyle(io.stdout, io.env) });
  io.stdout.write(`${text}\n`);
  const [first] = getProblems(diagnosis);
  return first === undefined ? 0 : getExitCode(first);
}
