import { renderResultJson } from '../../report/ndjson.js';
import { renderEmbedded, renderResult } from '../../report/result-text.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';
import { runDryRun } from './dry-run.js';

/** Brings the tables into the target, and prints what was done. */
export async function runApply(values: Values, io: Io): Promise<void> {
  if (values['dryRun'] === true) return await runDryRun(values, io);
  const { apply } = await io.load();
  let target: string | null = null;
  const result = await withReporter(io, values, true, ({ signal, onEvent }) =>
    apply(getLibraryOptions(values), {
      signal,
      onEvent: (event) => {
        if (event.type === 'connected') target = event.target;
        onEvent(event);
      },
    }),
  );
  if (values['json'] === true) {
    io.stdout.write(`${renderResultJson(result)}\n`);
    return;
  }
  io.stdout.write(`${renderResult(result)}\n`);
  const embedded = values['embedded'];
  if (typeof embedded === 'string' && target !== null) {
    io.stdout.write(`${renderEmbedded(target, embedded)}\n`);
  }
}
