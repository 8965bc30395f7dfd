import { withEnvironment } from '../environment.js';
import type { Io } from '../io.js';
import type { CommandName } from '../option-table.js';
import { getLibraryOptions } from '../values.js';
import { type Completion, getCompletion, type ReadNames } from './candidates.js';
import { type Line, parseLine } from './line.js';

// What a shell is told in the last line, in the numbers of cobra, which kubectl knows, too:
// https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md
const DIRECTIVES = { none: 4, files: 0, folders: 16 } as const;

/**
 * Writes what fits at the end of a command line, one word a line with its description after a tab, and in the last
 * line whether paths fit. Never fails: a shell has no place for an error.
 */
export async function runComplete(words: readonly string[], io: Io): Promise<void> {
  const { candidates, paths } = await complete(words, io);
  const lines = candidates.map(({ word, text }) => (text === '' ? word : `${word}\t${text}`));
  io.stdout.write(`${[...lines, `:${DIRECTIVES[paths]}`].join('\n')}\n`);
}

async function complete(words: readonly string[], io: Io): Promise<Completion> {
  try {
    const line = parseLine(words.map(unquote));
    return await getCompletion(line, createReadNames(line, io));
  } catch {
    return { candidates: [], paths: 'none' };
  }
}

// bash hands words over as they are typed.
const unquote = (word: string): string => word.replace(/\\(.)|['"]/gs, '$1');

function createReadNames(line: Line, io: Io): ReadNames {
  return async (what) => {
    const { readKnownTables, readSettings, readSettingsNames } = await io.load();
    const command = (line.command ?? 'plan').split(' ')[0] as CommandName;
    const values = withEnvironment(line.values, command, io.env);
    const place = typeof values['config'] === 'string' ? { config: values['config'] } : {};
    if (what !== 'tables') return (await readSettingsNames(place))[what];
    return readKnownTables((await readSettings({ ...getLibraryOptions(values), ...place })).options);
  };
}
