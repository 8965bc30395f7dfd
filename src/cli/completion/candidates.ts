import { COMMAND_TEXTS, HIDDEN_COMMANDS } from '../help.js';
import { getKey, getLongName, type OptionRow } from '../options/row.js';
import { parseNames } from '../values.js';
import type { Line } from './line.js';
import { SHELLS } from './scripts.js';

/** A word that fits, and what it is. */
export interface Candidate {
  readonly word: string;
  readonly text: string;
}

/** The words that fit where the cursor is, and whether paths do. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly paths: 'none' | 'files' | 'folders';
}

/** The names that only files know: of the history, of plinth.json. */
export type ReadNames = (what: 'tables' | 'services' | 'targets' | 'histories') => Promise<readonly string[]>;

/** Completes a line; what it finds begins as the line's last word does. */
export async function getCompletion(line: Line, readNames: ReadNames): Promise<Completion> {
  const { row, current } = line;
  if (row !== null) return getValueCompletion(line, row, readNames);
  const candidates = current.startsWith('-') ? getOptions(line) : getWords(line);
  return { candidates: candidates.filter(({ word }) => word.startsWith(current)), paths: 'none' };
}

async function getValueCompletion(line: Line, row: OptionRow, readNames: ReadNames): Promise<Completion> {
  const { current, prefix } = line;
  const typed = current.slice(prefix.length);
  if (row.completes === 'files' || row.completes === 'folders') {
    return { candidates: [], paths: row.completes };
  }
  const known =
    row.choices ?? row.suggests ?? (row.completes === undefined ? [] : await readNames(row.completes));
  const done = row.kind === 'list' ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  const given = [...((line.values[getKey(row)] as readonly string[] | undefined) ?? []), ...parseNames(done)];
  const open = row.kind === 'list' ? known.filter((name) => !given.includes(name)) : known;
  const candidates = open.map((name) => ({ word: `${prefix}${done}${name}`, text: '' }));
  return { candidates: candidates.filter(({ word }) => word.startsWith(current)), paths: 'none' };
}

function getOptions({ command, rows, values }: Line): Candidate[] {
  const isOpen = (row: OptionRow): boolean =>
    row.hiddenIn?.some((name) => name === command) !== true &&
    (['list', 'pairs', 'texts'].includes(row.kind) || values[getKey(row)] === undefined);
  return [
    ...rows.filter(isOpen).map((row) => ({ word: getLongName(row), text: row.text })),
    { word: '--help', text: 'print help' },
    ...(command === null ? [{ word: '--version', text: 'print the version' }] : []),
  ];
}

function getWords(line: Line): readonly Candidate[] {
  const { command, rest, current } = line;
  if (rest[0] === 'help' && rest.length === 1) return getCommands(null);
  if (rest.length > 0) return [];
  if (command === 'completion') return SHELLS.map((word) => ({ word, text: '' }));
  const commands = getCommands(command);
  if (command === null) return [...commands, { word: 'help', text: 'print the help of a command' }];
  // Nothing but options can follow: they are offered before the dash is typed.
  return commands.length > 0 || current !== '' ? commands : getOptions(line);
}

/** The commands below one: `cache clear` below `cache`. */
function getCommands(command: string | null): Candidate[] {
  const prefix = command === null ? '' : `${command} `;
  return Object.entries(COMMAND_TEXTS)
    .filter(
      ([path]) =>
        !HIDDEN_COMMANDS.has(path) && path.startsWith(prefix) && !path.slice(prefix.length).includes(' '),
    )
    .map(([path, text]) => ({ word: path.slice(prefix.length), text }));
}
