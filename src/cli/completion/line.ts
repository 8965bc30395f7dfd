import { COMMAND_TEXTS } from '../help.js';
import { type CommandName, getRows } from '../option-table.js';
import { getKey, getLongName, type OptionRow } from '../options/row.js';
import { parseNames, parsePair, type Values } from '../values.js';

/** A command line up to the cursor, without the name of the program. */
export interface Line {
  /** `plan`, `cache clear`; null before there is one. */
  readonly command: string | null;
  /** The options of the command. */
  readonly rows: readonly OptionRow[];
  /** What is given already, as after parsing. */
  readonly values: Values;
  /** The option whose value the cursor is in. */
  readonly row: OptionRow | null;
  /** What stands before that value in its word: `--format=`, `-f`. */
  readonly prefix: string;
  /** The word that the cursor is in, up to it. */
  readonly current: string;
  /** Words that are neither options nor commands. */
  readonly rest: readonly string[];
}

/** Reads the words before the cursor as the parser would read them; the last is the one that the cursor is in. */
export function parseLine(words: readonly string[]): Line {
  const values: Record<string, unknown> = {};
  const rest: string[] = [];
  let command: string | null = null;
  let pending: OptionRow | null = null;
  const current = words.at(-1) ?? '';
  for (const word of words.slice(0, -1)) {
    const rows = getLineRows(command);
    if (pending !== null) {
      addValue(values, pending, word);
      pending = null;
      continue;
    }
    const option = getOption(word, rows);
    if (option === null) {
      const path: string = command === null ? word : `${command} ${word}`;
      const isCommand = rest.length === 0 && Object.hasOwn(COMMAND_TEXTS, path);
      if (isCommand) command = path;
      else if (!word.startsWith('-')) rest.push(word);
    } else if (option.row.kind === 'flag' || option.value !== null) {
      addValue(values, option.row, option.value ?? '');
    } else {
      pending = option.row;
    }
  }
  const rows = getLineRows(command);
  const inside = pending === null ? getOption(current, rows) : null;
  const isInside = inside !== null && inside.row.kind !== 'flag' && inside.value !== null;
  return {
    command,
    rows,
    values,
    row: isInside ? inside.row : pending,
    prefix: isInside ? current.slice(0, current.length - inside.value!.length) : '',
    current,
    rest,
  };
}

const getLineRows = (command: string | null): readonly OptionRow[] =>
  command === null ? [] : getRows(command.split(' ')[0] as CommandName);

/** The option of a word, with the value where the word has it: `--format=x`, `-fx`. */
function getOption(
  word: string,
  rows: readonly OptionRow[],
): { readonly row: OptionRow; readonly value: string | null } | null {
  const long = /^(--[^=]+)(?:=(.*))?$/s.exec(word);
  if (long !== null) {
    const row = rows.find((item) => getLongName(item) === long[1]);
    return row === undefined ? null : { row, value: long[2] ?? null };
  }
  const row = /^-[a-z]/i.test(word)
    ? rows.find(({ flags }) => flags.startsWith(`${word.slice(0, 2)}, `))
    : null;
  return row ? { row, value: word.length > 2 ? word.slice(2) : null } : null;
}

function addValue(values: Record<string, unknown>, row: OptionRow, text: string): void {
  const key = getKey(row);
  const before = Array.isArray(values[key]) ? (values[key] as unknown[]) : [];
  if (row.kind === 'flag') values[key] = !getLongName(row).startsWith('--no-');
  else if (row.kind === 'list') values[key] = [...before, ...parseNames(text)];
  else if (row.kind === 'text') values[key] = text;
  else if (row.kind === 'texts') values[key] = [...before, text];
  else values[key] = [...before, ...[parsePair(text)].filter((pair) => pair !== null)];
}
