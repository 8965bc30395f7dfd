import { getLines } from '../lines.js';
import type { UpPart } from '../numbered.js';
import type { ReadingDraft } from '../reading.js';
import { getDelimitedRegions, parseDelimiter } from './delimiter.js';

/** `-- atlas:name value` */
export interface AtlasDirective {
  readonly name: string;
  readonly value: string;
}

const ADVICE = 'See "Directives" on https://atlasgo.io/versioned/apply';

/** The directives of a file: comments from its first line on, with an empty line (or nothing) after them (LocalFile.comments in sql/migrate/dir.go). */
export function parseDirectives(text: string): readonly AtlasDirective[] {
  const found: AtlasDirective[] = [];
  for (const { text: line } of getLines(text)) {
    if (!/^(?:--|#)/.test(line)) return /^[ \t]*$/.test(line) ? found : [];
    const [, name, value = ''] = /^[ -~]*atlas:(\w+)(?: +(.+))?/.exec(line.trim()) ?? [];
    if (name !== undefined) found.push({ name, value });
  }
  return found;
}

/** What of an Atlas file runs, and how; null after noting a problem. */
export function parseAtlasFile(text: string, path: string, reading: ReadingDraft): UpPart | null {
  const reject = (problem: string): null => {
    reading.reject(path, problem, ADVICE);
    return null;
  };
  const directives = parseDirectives(text);
  const modes = directives.filter(({ name }) => name === 'txmode').map(({ value }) => value);
  // txmodeFor in cmd/atlas/internal/cmdapi/migrate.go.
  if (modes.length > 1) return reject('"-- atlas:txmode" stands there twice');
  if (modes.some((mode) => mode !== 'none' && mode !== 'file'))
    return reject(`"-- atlas:txmode ${modes[0]}": a file can have "none" or "file"`);
  const part = directives.some(({ name }) => name === 'txtar')
    ? getArchived(text)
    : { start: 0, end: text.length };
  if (part === null) return reject('"-- atlas:txtar", but no "-- migration.sql --"');
  const delimiter = parseDelimiter(text, part.start);
  if (delimiter?.text === '') return reject('"-- atlas:delimiter" without a delimiter');
  return {
    regions: delimiter === null ? [part] : getDelimitedRegions(text, delimiter, part.end),
    transaction: modes[0] === 'none' ? 'none' : 'each',
  };
}

// https://atlasgo.io/versioned/checks: an archive of files, each after a line with its name; the checks are not run.
function getArchived(text: string): { readonly start: number; readonly end: number } | null {
  const marks = getLines(text).filter((line) => /^-- \S+ --$/.test(line.text));
  const own = marks.findIndex((line) => line.text === '-- migration.sql --');
  return own === -1 ? null : { start: marks[own]!.next, end: marks[own + 1]?.start ?? text.length };
}
