import { renderChecked, renderCheckedJson, renderProof, renderProofJson } from '../../report/proof-text.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';
import { showPage } from './report.js';

/** Proves the slices of a history and writes plinth.lock.json beside it; with --check only says whether that fits. */
export async function runProve(values: Values, io: Io): Promise<void> {
  const { prove, checkProof, report } = await io.load();
  const isJson = values['json'] === true;
  if (values['check'] === true) {
    const checked = await withReporter(io, values, true, (context) =>
      checkProof(getLibraryOptions(values), context),
    );
    io.stdout.write(`${isJson ? renderCheckedJson(checked) : renderChecked(checked)}\n`);
    return;
  }
  const proof = await withReporter(io, values, true, (context) => prove(getLibraryOptions(values), context));
  io.stdout.write(`${isJson ? renderProofJson(proof) : renderProof(proof)}\n`);
  if (values['open'] !== true) return;
  const options = { ...getLibraryOptions(values), usage: false };
  await showPage(await report(options, { signal: io.signal }), null, values, io);
}
