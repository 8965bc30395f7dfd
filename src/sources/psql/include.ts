import type { PsqlAction } from './commands.js';
import { getIncludePaths } from './include-path.js';
import type { PsqlReading, PsqlScriptFile } from './reading.js';
import { getIncludedText, type PsqlPlace } from './script.js';

/** The path of an included file in the folder, noted as such; null where there is none. */
export async function getIncludedPath(
  { draft, path }: Pick<PsqlReading, 'draft' | 'path'>,
  name: string,
  { isRelative }: Extract<PsqlAction, { does: 'include' }>,
): Promise<string | null> {
  if (name === '') return null;
  for (const found of getIncludePaths(name, path, isRelative, draft.files.location)) {
    if (!(await draft.files.has(found))) continue;
    draft.references.add(found);
    return found;
  }
  return null;
}

/** Reads an included file where its command stands; notes why it cannot be. */
export async function includePsqlFile(
  reading: PsqlReading,
  name: string,
  action: Extract<PsqlAction, { does: 'include' }>,
  place: PsqlPlace,
  readFile: (file: PsqlScriptFile) => Promise<void>,
): Promise<void> {
  const { draft, path, chain } = reading;
  const command = action.isRelative ? '\\ir' : '\\i';
  const found = await getIncludedPath(reading, name, action);
  if (found === null) {
    const isOutside =
      name !== '' && getIncludePaths(name, path, action.isRelative, draft.files.location).length === 0;
    draft.reject(
      place,
      isOutside
        ? `${command} ${name} leads out of the folder`
        : `${command} ${name === '' ? 'names no file' : `${name}: there is no such file`}`,
      'Included files must lie in the folder that is read; give the one that holds them all.',
    );
    return;
  }
  if (chain.includes(found)) {
    const way = [...chain.slice(chain.indexOf(found)), found].join(' → ');
    draft.reject(place, `${command} ${name} goes round in a circle: ${way}`, 'psql would not end, either.');
    return;
  }
  const text = await getIncludedText(draft, found);
  if (text === null) return;
  await readFile({ draft, path: found, text, base: draft.addFile(found, text), chain: [...chain, found] });
}
