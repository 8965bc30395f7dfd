import type { IncludedFile, Region } from '../../model/history.js';
import { getLineNumber } from '../lines.js';
import type { FolderListing } from '../reader.js';
import type { ReadingDraft } from '../reading.js';

// text/template of Go; tern gives every .sql file of a subfolder a name: its path.
const INCLUDE = /\{\{-?\s*template\s+"([^"]+)"(?:\s+[.$])?\s*-?\}\}/g;

/** A migration's text with that of the files that it includes behind it. */
export interface WithIncludes {
  readonly text: string;
  readonly regions: readonly Region[];
  readonly included?: readonly IncludedFile[];
}

/** Follows `{{ template "shared/v1.sql" . }}`; notes what is not there, and what includes itself. */
export async function readIncludes(
  text: string,
  path: string,
  region: Region,
  files: FolderListing,
  reading: ReadingDraft,
): Promise<WithIncludes> {
  let all = text;
  const regions: Region[] = [];
  const included: IncludedFile[] = [];
  const visit = async (
    own: { readonly name: string; readonly at: number; readonly text: string },
    { start, end }: Region,
    way: readonly string[],
  ): Promise<void> => {
    let from = start;
    for (const match of own.text.slice(0, end).matchAll(INCLUDE)) {
      if (match.index < start) continue;
      regions.push({ start: own.at + from, end: own.at + match.index });
      from = match.index + match[0].length;
      const name = match[1]!;
      const problem = !isShared(name, files)
        ? 'there is no such file'
        : way.includes(name)
          ? 'it includes itself'
          : null;
      if (problem !== null) {
        const line = getLineNumber(own.text, match.index);
        reading.reject(own.name, `line ${line}: template "${name}": ${problem}`, ADVICE);
        continue;
      }
      const content = await reading.getText(name);
      if (content === null) continue;
      reading.passOver(name, 'included');
      const at = all.length;
      included.push({ name, start: at });
      all += content;
      await visit({ name, at, text: content }, { start: 0, end: content.length }, [...way, name]);
    }
    regions.push({ start: own.at + from, end: own.at + end });
  };
  await visit({ name: path, at: 0, text }, region, []);
  return included.length === 0 ? { text, regions } : { text: all, regions, included };
}

const ADVICE = 'tern includes .sql files of subfolders by their path: {{ template "shared/v1.sql" . }}';

function isShared(name: string, files: FolderListing): boolean {
  return name.includes('/') && name.endsWith('.sql') && files.paths.includes(name);
}
