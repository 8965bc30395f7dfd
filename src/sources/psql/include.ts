import { getIncludePaths } from './include-path.js';
import type { PsqlReading, PsqlScriptFile } from './reading.js';
import { getIncludedText, type PsqlPlace } from './script.js';

/**
 * The path in the folder of a file that a command names, noted as included; null where there is none, which is noted
 * where a place is given.
 */
export async function findIncludedFile(
  { draft, path }: Pick<PsqlReading, 'draft' | 'path'>,
  command: string,
  name: string,
  isRelative: boolean,
  place: PsqlPlace | null,
): Promise<string | null> {
  const paths = name === '' ? [] : getIncludePaths(name, path, isRelative, draft.files.location);
  for (const found of paths) {
    if (!(await draft.files.has(found))) continue;
    draft.references.add(found);
    return found;
  }
  const problem =
    name === ''
      ? `${command} names no file`
      : `${command} ${name}${paths.length === 0 ? ' leads out of the folder' : ': there is no such file'}`;
  const advice = 'Included files must lie in the folder that is read; give the one that holds them all.';
  if (place !== null) draft.reject(place, problem, advice);
  return null;
}

/** Reads an included file where its command stands; notes why it cannot be. */
export async function includePsqlFile(
  reading: PsqlReading,
  command: string,
  name: string,
  isRelative: boolean,
  place: PsqlPlace,
  readFile: (file: PsqlScriptFile) => Promise<void>,
): Promise<void> {
  const { draft, chain } = reading;
  const found = await findIncludedFile(reading, command, name, isRelative, place);
  if (found === null) return;
  if (chain.includes(found)) {
    const way = [...chain.slice(chain.indexOf(found)), found].join(' → ');
    draft.reject(place, `${command} ${name} goes round in a circle: ${way}`, 'psql would not end, either.');
    return;
  }
  const text = await getIncludedText(draft, found);
  if (text === null) return;
  await readFile({ draft, path: found, text, base: draft.addFile(found, text), chain: [...chain, found] });
}
