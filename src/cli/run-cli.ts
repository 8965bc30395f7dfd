import { CommanderError } from 'commander';
import { PlinthError } from '../errors.js';
import { renderErrorText } from '../report/error-text.js';
import { renderErrorJson } from '../report/ndjson.js';
import { getStyle } from '../report/style.js';
import { isFlagOn } from './environment.js';
import { type ExitCode, getExitCode } from './exit-codes.js';
import type { Io } from './io.js';
import { createProgram } from './program.js';

/** Runs one command line (without node and script) and returns its exit code; shows errors itself, never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    let exitCode: ExitCode = 0;
    const program = createProgram(io, argv, (code) => {
      exitCode = code;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version have been written by now.
      if (error.exitCode === 0) return 0;
      if (error.code === 'commander.help') return 2;
      return showError(new PlinthError('OPTIONS_INVALID', { problems: [getProblem(error)] }), argv, io);
    }
    return showError(error, argv, io);
  }
}

function showError(error: unknown, argv: readonly string[], io: Io): number {
  if (isFlagOn('--json', argv, io.env)) io.stdout.write(`${renderErrorJson(error)}\n`);
  io.stderr.write(
    renderErrorText(error, {
      columns: io.stderr.isTTY ? io.stderr.columns : undefined,
      style: getStyle(io.stderr, io.env),
      verbose: isFlagOn('--verbose', argv, io.env),
    }),
  );
  return getExitCode(error);
}

// Repeats no value of an option, which may be a URL with a password.
function getProblem(error: CommanderError): string {
  return error.message
    .replace(/^error: /, '')
    .replace(/ argument '[\s\S]*' is invalid\./, ' is not right.')
    .replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?');
}
