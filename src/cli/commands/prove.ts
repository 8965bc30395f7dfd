import { renderProof, renderProofJson } from '../../report/proof-text.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Watches the history and writes plinth.lock.json beside it. */
export async function runProve(values: Values, io: Io): Promise<void> {
  const { prove } = await io.load();
  const proof = await withReporter(io, values, true, (context) => prove(getLibraryOptions(values), context));
  io.stdout.write(`${values['json'] === true ? renderProofJson(proof) : renderProof(proof)}\n`);
}
