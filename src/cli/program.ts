import { Command, InvalidArgumentError, Option } from 'commander';
import { addHelpCommand, getArguments } from './arguments.js';
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

type Run = (values: Values, io: Io) => Promise<void> | Promise<ExitCode>;

/**
 * The command tree, which tells the exit code of a command that ends well; it writes help to the given streams, throws
 * CommanderError and never ends the process. Where the first argument is a command it is the only one there; else each is there,
 * and of one that is not among the arguments only the first option is known.
 */
export function createProgram(
  io: Io,
  argv: readonly string[],
  onExitCode: (code: ExitCode) => void,
): Command {
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

  const add = (parent: Command, words: string, load: () => Promise<Run>): Command => {
    const path = words as CommandName;
    const top = words.split(' ')[0] as CommandName;
    const name = words.split(' ').at(-1)!;
    const command: Command = parent
      .command(name, { hidden: HIDDEN_COMMANDS.has(path) })
      .description(COMMAND_TEXTS[path])
      .action(async () => {
        const words = getArguments(command, path);
        const given = withEnvironment(getGiven(command), top, io.env);
        const run = await load();
        onExitCode((await run({ ...(await withSettings(given, top, io)), ...words }, io)) ?? 0);
      })
      // Those are refused with advice, by what reads the arguments.
      .allowExcessArguments()
      .addHelpText('after', () => (path === top ? renderExamples(io.name, top) : ''))
      .addHelpText('after', () => renderVariables(top));
    const rows = getRows(top);
    // One is enough for the list of commands to tell that there are some.
    for (const row of argv.includes(top) ? rows : rows.slice(0, 1)) {
      command.addOption(createOption(row, path));
    }
    return command;
  };

  const leaf = (name: CommandName, load: () => Promise<Run>) => (): void => void add(program, name, load);
  const commands: Readonly<Record<string, () => void>> = {
    plan: leaf('plan', async () => (await import('./commands/plan.js')).runPlan),
    apply: leaf('apply', async () => (await import('./commands/apply.js')).runApply),
    verify: leaf('verify', async () => (await import('./commands/verify.js')).runVerify),
    wait: leaf('wait', async () => (await import('./commands/wait.js')).runWait),
    prove: leaf('prove', async () => (await import('./commands/prove.js')).runProve),
    tables: leaf('tables', async () => (await import('./commands/tables.js')).runTables),
    report: leaf('report', async () => (await import('./commands/report.js')).runReport),
    status: leaf('status', async () => (await import('./commands/status.js')).runStatus),
    unlock: leaf('unlock', async () => (await import('./commands/unlock.js')).runUnlock),
    doctor: leaf('doctor', async () => (await import('./commands/doctor.js')).runDoctor),
    init: leaf('init', async () => (await import('./commands/init.js')).runInit),
    completion() {
      const load = async () => (await import('./commands/completion.js')).runCompletion;
      add(program, 'completion', load).argument('<shell>', SHELLS.join(', '));
    },
    cache() {
      const load = () => import('./commands/cache.js');
      const cache = add(program, 'cache', async () => (await load()).runCache).helpCommand(false);
      add(cache, 'cache clear', async () => (await load()).runCacheClear);
    },
    kubernaut() {
      const load = () => import('./commands/kubernaut.js');
      const kubernaut = add(program, 'kubernaut', async () => (await load()).runKubernaut).helpCommand(false);
      add(kubernaut, 'kubernaut verify', async () => (await load()).runKubernautVerify);
    },
    fleet() {
      const load = () => import('./commands/fleet.js');
      const fleet = add(program, 'fleet', async () => (await load()).runFleet).helpCommand(false);
      add(fleet, 'fleet work', async () => (await load()).runFleetWork);
    },
    manifest() {
      const load = () => import('./commands/manifest.js');
      const manifest = add(program, 'manifest', async () => (await load()).runManifest).helpCommand(false);
      add(manifest, 'manifest job', async () => (await load()).runManifestJob);
      add(manifest, 'manifest wait', async () => (await load()).runManifestWait);
    },
  };
  const [first = ''] = argv;
  if (Object.hasOwn(commands, first)) commands[first]!();
  else {
    for (const addCommand of Object.values(commands)) addCommand();
    addHelpCommand(program);
  }
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
