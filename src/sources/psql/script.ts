import { isPlinthError, PlinthError } from '../../errors.js';
import type { IncludedFile, Region, Substitution } from '../../model/history.js';
import { getLineNumber } from '../lines.js';
import type { FolderListing, MissingPlaceholder } from '../reader.js';
import { createPsqlVariables, type PsqlVariables } from './variables.js';

/** What psql would send of a script and of the files that it includes. */
export interface PsqlScript {
  readonly text: string;
  readonly included: readonly IncludedFile[];
  readonly regions: readonly Region[];
  readonly substitutions: readonly Substitution[];
  /** Files that it or an included file names, even where an `\if` leaves them out. */
  readonly references: ReadonlySet<string>;
  readonly problems: readonly PlinthError[];
  /** Variables without a value. */
  readonly missing: readonly MissingPlaceholder[];
}

/** What a script is run with. */
export interface PsqlOptions {
  /** Variables as of `psql --set`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Statements that do not run, by what stands where they begin. Default: none. */
  readonly leavesOutStatement?: (text: string, at: number) => boolean;
  /** Commands that do nothing here. Default: none. */
  readonly leavesOutCommand?: (name: string, values: readonly string[]) => boolean;
}

/** A script in the making. */
export interface PsqlDraft {
  readonly files: FolderListing;
  readonly options: PsqlOptions;
  readonly variables: PsqlVariables;
  readonly regions: Region[];
  readonly substitutions: Substitution[];
  readonly references: Set<string>;
  /** Adds a file's text; gives the offset at which it begins. */
  addFile(path: string, text: string): number;
  addMissing(name: string, at: PsqlPlace): void;
  addProblem(error: PlinthError): void;
  reject(at: PsqlPlace, problem: string, advice: string): void;
}

/** A place in a file of a script. */
export interface PsqlPlace {
  readonly file: string;
  readonly text: string;
  readonly offset: number;
}

/** Begins a script. */
export function createPsqlDraft(
  files: FolderListing,
  options: PsqlOptions,
): PsqlDraft & { finish(): PsqlScript } {
  const texts: string[] = [];
  const included: IncludedFile[] = [];
  const problems: PlinthError[] = [];
  const missing: MissingPlaceholder[] = [];
  let length = 0;
  const draft = {
    files,
    options,
    variables: createPsqlVariables(options.variables),
    regions: [] as Region[],
    substitutions: [] as Substitution[],
    references: new Set<string>(),
    addFile(path: string, text: string): number {
      const start = length;
      if (texts.length > 0) included.push({ name: path, start });
      texts.push(text);
      length += text.length;
      return start;
    },
    addMissing: (name: string, { file, text, offset }: PsqlPlace) =>
      void missing.push({ name, file, line: getLineNumber(text, offset) }),
    addProblem: (error: PlinthError) => void problems.push(error),
    reject({ file, text, offset }: PsqlPlace, problem: string, advice: string): void {
      const lines = text.slice(0, offset).split('\n');
      const at = `${file}:${lines.length}:${[...lines.at(-1)!].length + 1}`;
      problems.push(new PlinthError('HISTORY_MALFORMED', { file: at, problem, advice }));
    },
    finish: (): PsqlScript => ({
      text: texts.join(''),
      included,
      regions: draft.regions,
      substitutions: draft.substitutions.sort((a, b) => a.start - b.start),
      references: draft.references,
      problems,
      missing,
    }),
  };
  return draft;
}

/** The text of a file that a script includes; null after noting why there is none. */
export async function getIncludedText(draft: PsqlDraft, path: string): Promise<string | null> {
  try {
    return await draft.files.getText(path);
  } catch (error) {
    if (!isPlinthError(error)) throw error;
    draft.addProblem(error);
    return null;
  }
}
