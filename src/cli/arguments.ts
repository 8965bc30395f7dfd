import type { Command } from 'commander';
import { PlinthError } from '../errors.js';
import { renderExcess, renderUnknownCommand } from '../report/argument-words.js';
import { getRows } from './option-table.js';
import type { CommandName } from './options/row.js';
import type { Values } from './values.js';

/** The values of a command's arguments, by name; throws OPTIONS_INVALID where there are more than it takes. */
export function getArguments(command: Command, path: string): Values {
  const { args, commands, registeredArguments } = command;
  const excess = args[registeredArguments.length];
  if (excess !== undefined) {
    const names = commands.map((each) => each.name());
    const takesTables = getRows(path as CommandName).some(({ completes }) => completes === 'tables');
    throw new PlinthError('OPTIONS_INVALID', { problems: [renderExcess(path, excess, names, takesTables)] });
  }
  return Object.fromEntries(registeredArguments.map((argument, index) => [argument.name(), args[index]]));
}

/** Adds `help`, which knows commands below commands, too, and refuses those that there are not. */
export function addHelpCommand(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .argument('[command...]')
    .usage('[command]')
    .description('print the help of a command')
    .action((words: readonly string[]) => {
      const found = words.reduce<Command>((command, word) => {
        const names = command.commands.map((each) => each.name());
        if (names.includes(word)) return command.commands[names.indexOf(word)]!;
        throw new PlinthError('OPTIONS_INVALID', { problems: [renderUnknownCommand(word, names)] });
      }, program);
      found.outputHelp();
    });
}
