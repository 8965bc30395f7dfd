import { readFile } from 'node:fs/promises';
import { PlinthError } from '../errors.js';
import { renderJsonFailure, renderPath, renderSettingsProblem } from '../report/settings-words.js';
import { parseText } from '../sources/text.js';
import type { SettingsFile } from './settings-file.js';

/**
 * Reads the file at `path` and checks all of it; `name` is what its user calls it.
 *
 * @throws FILE_UNREADABLE, FILE_NOT_UTF8, or SETTINGS_INVALID with all problems at once.
 */
export async function readSettingsFile(path: string, name: string): Promise<SettingsFile> {
  const text = parseText(name, await readBytes(path, name));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return rejectText(name, text);
  }
  const { getSettingsProblems } = await import('./validate.js');
  const problems = getSettingsProblems(value);
  if (problems.length === 0) return value as SettingsFile;
  const { createPlaces } = await import('./json.js');
  const getPlace = await createPlaces(name, text);
  const placed = problems
    .map(({ path: at, problem }) => ({
      place: getPlace(at),
      path: renderPath(at),
      message: renderSettingsProblem(renderPath(at), problem),
    }))
    .sort((a, b) => a.place.line - b.place.line);
  throw new PlinthError(
    'SETTINGS_INVALID',
    {
      file: name,
      problems: placed.map(({ place, path: at, message }) => ({ path: at, line: place.line, message })),
    },
    placed.length === 1 ? { place: placed[0]!.place } : {},
  );
}

async function rejectText(file: string, text: string): Promise<never> {
  const { getJsonFailure } = await import('./json.js');
  const { code, place } = await getJsonFailure(file, text);
  const problems = [{ path: '', line: place.line, message: renderJsonFailure(code) }];
  throw new PlinthError('SETTINGS_INVALID', { file, problems }, { place });
}

async function readBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new PlinthError('FILE_UNREADABLE', { path: name, reason: (cause as Error).message }, { cause });
  }
}
