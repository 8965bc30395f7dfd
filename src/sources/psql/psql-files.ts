import type { TransactionRule } from '../../model/history.js';
import type { FolderListing, MigrationDraft } from '../reader.js';
import type { ReadingDraft } from '../reading.js';
import { readPsqlScript } from './read-script.js';
import type { PsqlScript } from './script.js';

/** Notes what is wrong with a script, and makes a migration of it. */
export function createPsqlMigration(
  reading: ReadingDraft,
  script: PsqlScript,
  given: { readonly id: string; readonly name: string; readonly transaction: TransactionRule },
): MigrationDraft {
  for (const problem of script.problems) reading.addProblem(problem);
  for (const { name, file, line } of script.missing) reading.addMissing(name, file, line);
  for (const path of script.references) reading.passOver(path, 'included');
  const { text, included, regions, substitutions } = script;
  return { ...given, text, regions, substitutions, ...(included.length === 0 ? {} : { included }) };
}

/**
 * Reads scripts that psql would run one after the other. A file that another one includes is no script of its own;
 * where all include each other, all are, so that what is wrong is told.
 */
export async function readPsqlScripts(
  reading: ReadingDraft,
  files: FolderListing,
  paths: readonly string[],
  given: Readonly<Record<string, string>>,
): Promise<readonly { readonly path: string; readonly script: PsqlScript }[]> {
  const scripts: { path: string; script: PsqlScript }[] = [];
  for (const path of paths) {
    const text = await reading.getText(path);
    if (text !== null)
      scripts.push({ path, script: await readPsqlScript(path, text, files, { variables: given }) });
  }
  const included = new Set(
    scripts.flatMap(({ path, script }) => [...script.references].filter((reference) => reference !== path)),
  );
  const own = scripts.filter(({ path }) => !included.has(path));
  return own.length === 0 ? scripts : own;
}
