import { PlinthError } from '../errors.js';
import type { Region, Substitution, TransactionRule } from '../model/history.js';
import type { ToolEntry } from '../model/tool-ledger.js';
import { isCode } from './code-steps.js';
import type { ReadingDraft } from './reading.js';

/** A file with the version in its name. */
export interface NumberedFile {
  readonly path: string;
  /** What the tool tells versions apart by. */
  readonly id: string;
  readonly isRepeatable?: true;
  readonly entry?: ToolEntry;
}

/** What a file says about its own running. */
export interface UpPart {
  readonly regions: readonly Region[];
  readonly transaction: TransactionRule;
  readonly substitutions?: readonly Substitution[];
}

/** The decimal digits as a version: leading zeros gone, so that `00010` and `10` are one; null beyond `max`. */
export function parseVersion(digits: string, max: bigint): bigint | null {
  const version = BigInt(digits);
  return version > max ? null : version;
}

/** The whole of a text as one region. */
export function getWholeRegion(text: string): Region[] {
  return [{ start: 0, end: text.length }];
}

/** Notes every version that stands in more than one file. */
export function ensureUniqueVersions(reading: ReadingDraft, files: readonly NumberedFile[]): void {
  const byVersion = new Map<string, string[]>();
  for (const { id, path } of files) byVersion.set(id, [...(byVersion.get(id) ?? []), path]);
  for (const [version, paths] of byVersion) {
    if (paths.length > 1) reading.addProblem(new PlinthError('VERSION_DUPLICATE', { version, files: paths }));
  }
}

/** Reads the files, in the given order, programs among them as steps in code; `parse` notes what is wrong and gives null for a file that it cannot read. */
export async function readNumbered(
  reading: ReadingDraft,
  files: readonly NumberedFile[],
  parse: (text: string, path: string) => UpPart | null,
): Promise<void> {
  for (const { path, id, isRepeatable, entry } of files) {
    if (isCode(path)) {
      reading.addCodeStep(path);
      continue;
    }
    const text = await reading.getText(path);
    const part = text === null ? null : parse(text, path);
    if (text === null || part === null) continue;
    const more = {
      ...(isRepeatable === true ? { isRepeatable } : {}),
      ...(entry === undefined ? {} : { entry }),
    };
    reading.migrations.push({ id, name: path, text, substitutions: [], ...part, ...more });
  }
}

/** Orders by number. */
export function compareVersions(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
