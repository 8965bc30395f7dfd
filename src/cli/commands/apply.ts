import { renderResultJson } from '../../report/ndjson.js';
import { renderEmbedded, renderResult } from '../../report/result-text.js';
import type { ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';
import { runAdopt } from './adopt.js';
import { runDryRun } from './dry-run.js';

/** Brings the tables into the target, and prints what was done. */
export async function runApply(values: Values, io: Io): Promise<ExitCode> {
  if (values['adopt'] === true) return await runAdopt(values, io);
  if (values['dryRun'] === true) {
    await runDryRun(values, io);
    return 0;
  }
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
    return 0;
  }
  io.stdout.write(`${renderResult(result)}\n`);
  const embedded = values['embedded'];
  if (typeof embedded === 'string' && target !== null) {
    io.stdout.write(`${renderEmbedded(target, embedded)}\n`);
  }
  return 0;
}
