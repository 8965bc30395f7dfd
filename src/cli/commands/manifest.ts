import { PlinthError } from '../../errors.js';
import { renderUnnamedManifest } from '../../report/manifest-words.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Refused: it is a Job or an init container that is wanted. */
export async function runManifest(): Promise<void> {
  throw new PlinthError('OPTIONS_INVALID', { problems: [renderUnnamedManifest()] });
}

/** Prints a Job that applies in a cluster. */
export const runManifestJob = (values: Values, io: Io): Promise<void> => print('job', values, io);

/** Prints an init container that waits in a cluster. */
export const runManifestWait = (values: Values, io: Io): Promise<void> => print('wait', values, io);

async function print(what: 'job' | 'wait', values: Values, io: Io): Promise<void> {
  const { createManifest } = await io.load();
  const { objects, yaml } = await withReporter(io, values, false, (context) =>
    createManifest(what, getLibraryOptions(values), context),
  );
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  io.stdout.write(values['json'] === true ? `${JSON.stringify(list)}\n` : yaml);
}
