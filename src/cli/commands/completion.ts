import { PlinthError } from '../../errors.js';
import { renderSuggestion } from '../../report/suggestion.js';
import { COMPLETION_SCRIPTS, SHELLS } from '../completion/scripts.js';
import type { Io } from '../io.js';
import type { Values } from '../values.js';

/** Prints what lets a shell complete the command line. */
export async function runCompletion(values: Values, io: Io): Promise<void> {
  const given = String(values['shell']);
  const shell = SHELLS.find((name) => name === given);
  if (shell === undefined) {
    const problem = `the shell must be one of ${SHELLS.join(', ')}${renderSuggestion(given, SHELLS)}`;
    throw new PlinthError('OPTIONS_INVALID', { problems: [problem] });
  }
  io.stdout.write(COMPLETION_SCRIPTS[shell]);
}
