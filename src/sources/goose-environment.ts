import type { Substitution } from '../model/history.js';
import type { Line } from './lines.js';
import type { ReadOptions } from './reader.js';
import type { ReadingDraft } from './reading.js';
import { getVariableValue } from './templates/expressions.js';

// github.com/mfridman/interpolate, which goose uses between ENVSUB ON and OFF; a default may hold expansions itself.
// Made where a file has such a line: reading its classes takes V8 half a millisecond.
const createToken = (): RegExp =>
  /\\\\|\\\$|\$\$|\$\(|\$(?<plain>\p{L}[\p{L}\p{N}_]*)|\$\{(?<name>\p{L}[\p{L}\p{N}_]*)(?:(?<operator>:-|-|\?)(?<operand>[^{}$]*))?\}|\$(?=.)/gu;

/**
 * Notes what goose puts in the place of `$NAME`, `${NAME}` and `${NAME:-default}` in a line; a name without
 * value and default is missing (goose would put nothing there). Returns what is wrong with the line, or null.
 */
export function parseEnvironment(
  line: Line,
  path: string,
  options: ReadOptions,
  reading: ReadingDraft,
  substitutions: Substitution[],
): string | null {
  // What stands in a comment does nothing.
  if (line.text.trimStart().startsWith('--')) return null;
  for (const match of line.text.matchAll(createToken())) {
    const start = line.start + match.index;
    const put = (text: string): unknown => substitutions.push({ start, end: start + match[0].length, text });
    if (match[0] === '\\$' || match[0] === '$$') {
      put('$');
      continue;
    }
    const name = match.groups?.['plain'] ?? match.groups?.['name'];
    if (name === undefined) {
      if (match[0] === '$') return `goose cannot read the "$" in ${line.text.trim()}`;
      continue;
    }
    const value = Object.hasOwn(options.placeholders ?? {}, name) ? options.placeholders![name]! : null;
    const { operator = null, operand = '' } = match.groups!;
    const replacement = getVariableValue({ operator, operand }, value);
    if (replacement === null) reading.addMissing(name, path, line.number);
    else put(replacement);
  }
  return null;
}
