import { relative, resolve } from 'node:path';
import { PlinthError } from '../errors.js';
import { type ApplyOptions, OPTION_NAMES } from '../options.js';
import { renderNoSettings } from '../report/settings-words.js';
import { findSettings, getWorkingDirectory } from './find.js';

/** What is asked of plinth.json; options that are given win over those of the file. */
export interface SettingsRequest extends Partial<ApplyOptions> {
  /** The file. Default: `plinth.json` in `cwd` or the nearest folder above. */
  config?: string;
  /** One of the file's targets. Default: none. */
  target?: string;
  /** Where to look. Default: the working directory. */
  cwd?: string;
}

/** Options with what plinth.json adds to them. */
export interface Settings {
  /** The file; null where there is none. */
  readonly path: string | null;
  /** For `plan`, `apply` and the others. */
  readonly options: ApplyOptions;
  /** The names of the file's services. */
  readonly services: readonly string[];
  /** The names of the file's targets. */
  readonly targets: readonly string[];
}

/**
 * Fills options from plinth.json: the history, the tables of `service`, the URL or folder of `target`, and what else
 * stands there. Paths of the file become absolute. Without a file the options stay as they are.
 *
 * @throws SETTINGS_INVALID with all problems of the file; OPTIONS_INVALID where it has no such service, target or history.
 */
export async function readSettings(request: SettingsRequest = {}): Promise<Settings> {
  const { config, target, cwd = getWorkingDirectory(), ...rest } = request;
  const names = (rest as { [OPTION_NAMES]?: Readonly<Record<string, string>> })[OPTION_NAMES];
  // What is undefined is not given.
  const given: Partial<ApplyOptions> = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  );
  const path = config === undefined ? findSettings(cwd) : resolve(cwd, config);
  if (path === null) {
    if (target !== undefined) {
      throw new PlinthError('OPTIONS_INVALID', { problems: [renderNoSettings(target, resolve(cwd))] });
    }
    return { path, options: rest as ApplyOptions, services: [], targets: [] };
  }
  const name = getName(path, cwd);
  // Neither is loaded where there is no file.
  const [{ readSettingsFile }, { chooseOptions }] = await Promise.all([
    import('./read.js'),
    import('./choose.js'),
  ]);
  const file = await readSettingsFile(path, name);
  const { options, problems } = chooseOptions(file, path, { ...given, target });
  if (problems.length > 0) throw new PlinthError('OPTIONS_INVALID', { problems });
  // A variable that the library itself reads wins over the file, too.
  if (process.env['PLINTH_SCRATCH_URL']) delete options.scratch;
  const added = Object.keys(options).map((key) => [key, `${name}: ${key}`]);
  return {
    path,
    options: {
      ...options,
      ...given,
      ...(options.set === undefined ? {} : { set: { ...options.set, ...given.set } }),
      [OPTION_NAMES]: { ...Object.fromEntries(added), ...names },
    } as ApplyOptions,
    services: Object.keys(file.services ?? {}),
    targets: Object.keys(file.targets ?? {}),
  };
}

/** The names that plinth.json gives; none where there is no file. */
export async function readSettingsNames(
  request: { readonly config?: string; readonly cwd?: string } = {},
): Promise<Readonly<Record<'services' | 'targets' | 'histories', readonly string[]>>> {
  const { config, cwd = getWorkingDirectory() } = request;
  const path = config === undefined ? findSettings(cwd) : resolve(cwd, config);
  if (path === null) return { services: [], targets: [], histories: [] };
  const { readSettingsFile } = await import('./read.js');
  const { services, targets, histories, history } = await readSettingsFile(path, getName(path, cwd));
  return {
    services: Object.keys(services ?? {}),
    targets: Object.keys(targets ?? {}),
    histories: histories === undefined ? [history ?? 'main'] : Object.keys(histories),
  };
}

function getName(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return name.startsWith('..') ? path : name;
}
