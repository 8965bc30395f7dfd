import { Command, InvalidArgumentError, Option } from 'commander';
import { addHelpCommand, getArguments } from './arguments.js';
import { runApply } from './commands/apply.js';
import { runCache, runCacheClear } from './commands/cache.js';
import { runCompletion } from './commands/completion.js';
import { runDoctor } from './commands/doctor.js';
import { runFleet, runFleetWork } from './commands/fleet.js';
import { runInit } from './commands/init.js';
import { runKubernaut, runKubernautVerify } from './commands/kubernaut.js';
import { runManifest, runManifestJob, runManifestWait } from './commands/manifest.js';
import { runPlan } from './commands/plan.js';
import { runProve } from './commands/prove.js';
import { runReport } from './commands/report.js';
import { runStatus } from './commands/status.js';
import { runTables } from './commands/tables.js';
import { runUnlock } from './commands/unlock.js';
import { runVerify } from './commands/verify.js';
import { runWait } from './commands/wait.js';
import { SHELLS } from './completion/scripts.js';
import { withEnvironment } from './environment.js';
import type { ExitCode } from './exit-codes.js';
import {
  COMMAND_TEXTS,
  HIDDEN_COMMANDS,
  renderExamples,
  renderExitCodes,
  renderProgramExamples,
  renderVariables,
} from './help.js';
import type { Io } from './io.js';
import { type CommandName, getRows, type OptionRow } from './option-table.js';
import { parseNames, parsePair, type Values } from './values.js';
import { withSettings } from './with-settings.js';

/** The command tree, which tells the exit code of a command that ends well; it writes help to the given streams, throws CommanderError and never ends the process. */
export function createProgram(io: Io, onExitCode: (code: ExitCode) => void): Command {
  const program = new Command(io.name)
    .description('Puts exactly the tables that a service needs, with all they stand on, into a PostgreSQL.')
    .version(io.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Wrong arguments are shown as any other error is.
      outputError: () => {},
      getOutHelpWidth: () => getHelpWidth(io.stdout),
      getErrHelpWidth: () => getHelpWidth(io.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', () => renderProgramExamples(io.name) + renderExitCodes().replace(/^/, '\n'));

  const add = (
    parent: Command,
    words: string,
    run: (values: Values, io: Io) => Promise<void> | Promise<ExitCode>,
  ): Command => {
    const path = words as CommandName;
    const top = words.split(' ')[0] as CommandName;
    const name = words.split(' ').at(-1)!;
    const command: Command = parent
      .command(name, { hidden: HIDDEN_COMMANDS.has(path) })
      .description(COMMAND_TEXTS[path])
      .action(async () => {
        const words = getArguments(command, path);
        const given = withEnvironment(getGiven(command), top, io.env);
        onExitCode((await run({ ...(await withSettings(given, top, io)), ...words }, io)) ?? 0);
      })
      // Those are refused with advice, by what reads the arguments.
      .allowExcessArguments()
      .addHelpText('after', path === top ? renderExamples(io.name, top) : '')
      .addHelpText('after', renderVariables(top));
    for (const row of getRows(top)) command.addOption(createOption(row, path));
    return command;
  };

  add(program, 'plan', runPlan);
  add(program, 'apply', runApply);
  add(program, 'verify', runVerify);
  add(program, 'wait', runWait);
  add(program, 'prove', runProve);
  add(program, 'tables', runTables);
  add(program, 'report', runReport);
  add(program, 'status', runStatus);
  add(program, 'unlock', runUnlock);
  add(program, 'doctor', runDoctor);
  add(program, 'init', runInit);
  const completion = add(program, 'completion', runCompletion);
  completion.argument('<shell>', SHELLS.join(', '));
  const cache = add(program, 'cache', runCache);
  cache.helpCommand(false);
  add(cache, 'cache clear', runCacheClear);
  const kubernaut = add(program, 'kubernaut', runKubernaut);
  kubernaut.helpCommand(false);
  add(kubernaut, 'kubernaut verify', runKubernautVerify);
  const fleet = add(program, 'fleet', runFleet);
  fleet.helpCommand(false);
  add(fleet, 'fleet work', runFleetWork);
  const manifest = add(program, 'manifest', runManifest);
  manifest.helpCommand(false);
  add(manifest, 'manifest job', runManifestJob);
  add(manifest, 'manifest wait', runManifestWait);
  addHelpCommand(program);
  return program;
}

// Without what commander fills in itself: `cache` is true where --no-cache is not given.
function getGiven(command: Command): Values {
  const values = Object.entries(command.optsWithGlobals());
  return Object.fromEntries(
    values.filter(([key]) => command.getOptionValueSourceWithGlobals(key) !== 'default'),
  );
}

// Help that is as wide as a large screen is hard to read.
const getHelpWidth = (stream: NodeJS.WriteStream): number =>
  stream.isTTY === true ? Math.min(stream.columns ?? 100, 100) : 100;

function createOption(row: OptionRow, command: CommandName): Option {
  const notes = [
    ...(row.choices === undefined ? [] : [row.choices.join(', ')]),
    ...(row.default === undefined ? [] : [`default: ${row.default}`]),
    ...(row.foreign === undefined ? [] : [`env: ${row.foreign}`]),
  ];
  const option = new Option(row.flags, `${row.text}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`);
  option.helpGroup(`${row.group}:`);
  if (row.hiddenIn?.includes(command) === true) option.hideHelp();
  if (row.kind === 'flag') return option;
  return option.argParser<unknown>((value, previous) => {
    const before = Array.isArray(previous) ? previous : [];
    if (row.kind === 'list') return [...before, ...parseNames(value)];
    if (row.kind === 'pairs') return [...before, readPair(value)];
    // An unset variable in a script must not choose another target or folder.
    if (value.trim() === '') throw new InvalidArgumentError('It is empty.');
    return row.kind === 'texts' && previous !== undefined ? [previous, value].flat() : value;
  });
}

function readPair(value: string): readonly [string, string] {
  const pair = parsePair(value);
  if (pair === null) throw new InvalidArgumentError('It must be NAME=VALUE.');
  return pair;
}
