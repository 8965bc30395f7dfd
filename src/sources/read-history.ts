import { createHash } from 'node:crypto';
import { PlinthError } from '../errors.js';
import type { Format, History, Migration } from '../model/history.js';
import { ensureTakesSeveral } from './detect-several.js';
import { createDigest } from './digest.js';
import { findFormat } from './find-format.js';
import type { Folder } from './folder.js';
import { createListing } from './folder-listing.js';
import { createMissingError } from './missing.js';
import type { MigrationDraft, MissingPlaceholder, ReadOptions } from './reader.js';
import { getReader } from './readers.js';
import { withTemplates } from './templates/templates.js';

/** How a folder is to be read. */
export interface HistoryOptions extends ReadOptions {
  /** Default: what the folder looks like. */
  readonly format?: Format | undefined;
}

/** Reads a folder as its tool would; whatever is wrong with it comes as one error. */
export async function readHistory(folder: Folder, options: HistoryOptions = {}): Promise<History> {
  const files = await createListing(folder);
  if (files.paths.length === 0) {
    throw new PlinthError('FOLDER_EMPTY', {
      path: folder.location,
      format: options.format ?? null,
      passedOver: 0,
    });
  }
  const format = options.format ?? (await findFormat(folder, options, files));
  const reader = getReader(format);
  ensureTakesSeveral(reader, folder.parts ?? []);
  const reading = await reader.read(files, options);
  const problems = [...reading.problems];
  const missing = [...reading.missing];
  const drafts = withTemplates(reading.migrations, {
    values: { ...reading.values, ...options.placeholders },
    withVariables: reader.replacesVariables !== true,
    reject: (file, problem, advice) =>
      void problems.push(new PlinthError('HISTORY_MALFORMED', { file, problem, advice })),
    addMissing: (name, file, line) => void missing.push({ name, file, line }),
  });
  ensureNoProblems(problems, missing);
  const { codeSteps, passedOver, findings } = reading;
  if (reading.migrations.length === 0) {
    throw new PlinthError('FOLDER_EMPTY', { path: folder.location, format, passedOver: passedOver.length });
  }
  const migrations = drafts.map(createMigration);
  return {
    format,
    location: folder.location,
    migrations,
    codeSteps,
    passedOver,
    ...(findings.length === 0 ? {} : { findings }),
    ...(reading.toolTable === undefined ? {} : { toolTable: reading.toolTable }),
    digest: createDigest(format, migrations),
  };
}

/** The history with some of its migrations only, given by their ordinals: as if the folder held no others. */
export function createPart(history: History, ordinals: ReadonlySet<number>): History {
  const kept = history.migrations.filter(({ ordinal }) => ordinals.has(ordinal));
  const migrations = kept.map((migration, ordinal) => ({ ...migration, ordinal }));
  const codeSteps = history.codeSteps.map(({ name, before }) => ({
    name,
    before: kept.filter(({ ordinal }) => ordinal < before).length,
  }));
  return { ...history, migrations, codeSteps, digest: createDigest(history.format, migrations) };
}

function createMigration({ isRepeatable, ...draft }: MigrationDraft, ordinal: number): Migration {
  const migration = { ordinal, ...draft };
  return isRepeatable === true ? { ...migration, contentDigest: createContentDigest(migration) } : migration;
}

// As Flyway's ChecksumCalculator.java has it: after the placeholders are replaced, line by line, without the line ends.
function createContentDigest({ text, substitutions }: Migration): string {
  const hash = createHash('sha256');
  let from = 0;
  for (const { start, end, text: value } of substitutions) {
    hash.update((text.slice(from, start) + value).replace(/[\r\n]+/g, ''));
    from = end;
  }
  return hash.update(text.slice(from).replace(/[\r\n]+/g, '')).digest('hex');
}

function ensureNoProblems(found: readonly PlinthError[], missing: readonly MissingPlaceholder[]): void {
  const unset = createMissingError(missing);
  const problems = unset === null ? found : [...found, unset];
  const [first] = problems;
  if (first === undefined) return;
  if (problems.length === 1) throw first;
  throw new PlinthError(
    'INPUT_INVALID',
    { problems: problems.map(renderProblem) },
    { cause: new AggregateError(problems) },
  );
}

// The command that gives the values is worth its line, be there other problems or not.
function renderProblem(problem: PlinthError): string {
  return problem.code === 'PLACEHOLDER_MISSING' ? `${problem.message}\n  ${problem.hint}` : problem.message;
}
