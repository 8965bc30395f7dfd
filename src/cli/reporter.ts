import type { OnEvent } from '../model/event.js';
import { createHumanReporter } from '../report/human.js';
import { createLineWriter, type LineWriter } from '../report/line-writer.js';
import { renderEventJson } from '../report/ndjson.js';
import { getStyle } from '../report/style.js';
import type { CallContext, Io } from './io.js';
import type { Values } from './values.js';

/** Runs `work` with its events shown: to people on stderr or, with `--json` and `lines`, as NDJSON on stdout. */
export async function withReporter<T>(
  io: Io,
  values: Values,
  lines: boolean,
  work: (context: Required<CallContext>) => Promise<T>,
): Promise<T> {
  if (lines && values['json'] === true) {
    const writer = createLineWriter(io.stdout);
    try {
      return await work({ signal: io.signal, onEvent: createJsonReporter(writer) });
    } finally {
      writer.flush();
    }
  }
  const reporter = await createHumanReporter({
    stream: io.stderr,
    style: getStyle(io.stderr, io.env),
    verbose: values['verbose'] === true,
    live: io.stderr.isTTY === true && io.env['TERM'] !== 'dumb' && !io.env['CI'],
  });
  try {
    return await work({ signal: io.signal, onEvent: reporter.onEvent });
  } finally {
    reporter.stop();
  }
}

// The last line is the outcome: the command itself writes it, so `finished` waits for it.
function createJsonReporter(writer: LineWriter): OnEvent {
  return (event) => {
    if (event.type !== 'finished') writer.write(renderEventJson(event));
  };
}
