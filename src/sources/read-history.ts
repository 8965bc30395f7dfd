import { createHash } from 'node:crypto';
import { PlinthError } from '../errors.js';
import type { Format, History, Migration } from '../model/history.js';
import { detectFormat } from './detect.js';
import type { Folder } from './folder.js';
import { createListing } from './folder-listing.js';
import type { ReadOptions } from './reader.js';
import { getReader } from './readers.js';
import { withTemplateComments } from './template-comments.js';

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
  const format = options.format ?? (await detectFormat(files, options)).format;
  const reading = await getReader(format).read(files, options);
  ensureNoProblems(reading.problems);
  const { codeSteps, passedOver } = reading;
  if (reading.migrations.length === 0) {
    throw new PlinthError('FOLDER_EMPTY', { path: folder.location, format, passedOver: passedOver.length });
  }
  const migrations = reading.migrations.map((draft, ordinal) => ({
    ordinal,
    ...withTemplateComments(draft, options.placeholders ?? {}),
  }));
  return {
    format,
    location: folder.location,
    migrations,
    codeSteps,
    passedOver,
    digest: createDigest(format, migrations),
  };
}

function ensureNoProblems(problems: readonly PlinthError[]): void {
  const [first] = problems;
  if (first === undefined) return;
  if (problems.length === 1) throw first;
  throw new PlinthError(
    'INPUT_INVALID',
    { problems: problems.map(({ message }) => message) },
    { cause: new AggregateError(problems) },
  );
}

function createDigest(format: Format, migrations: readonly Migration[]): string {
  const parts = migrations.map(({ id, name, text, included, regions, substitutions, transaction }) => [
    id,
    name,
    text,
    regions.map(({ start, end, rows }) => [
      start,
      end,
      ...(rows === undefined ? [] : [rows.start, rows.end]),
    ]),
    substitutions.map(({ start, end, text: value }) => [start, end, value]),
    transaction,
    ...(included === undefined ? [] : [included.map(({ name: file, start }) => [file, start])]),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([format, parts]))
    .digest('hex');
}
