import { PlinthError } from '../errors.js';
import type { Format } from '../model/history.js';
import { getCandidates } from './candidates.js';
import { getSeen } from './detect.js';
import type { FolderListing, Reader } from './reader.js';
import { READERS } from './readers.js';

/**
 * The one format of several locations; those in which nothing speaks for any do not count.
 *
 * @throws OPTIONS_INVALID where a location is of a tool that has one folder, FORMAT_AMBIGUOUS where they are not of one tool.
 */
export async function detectSeveral(location: string, parts: readonly FolderListing[]): Promise<Format> {
  const found = await Promise.all(
    parts.map(async (files) => ({ files, best: (await getCandidates(files))[0] })),
  );
  const fitting = found.flatMap(({ files, best }) => (best === undefined ? [] : [{ files, best }]));
  for (const { files, best } of fitting) ensureTakesSeveral(best.reader, parts, files.location);
  const formats = new Map(fitting.map(({ best }) => [best.format, best]));
  const [format] = formats.keys();
  if (format === undefined) {
    const seen = await Promise.all(parts.map(getSeen));
    throw new PlinthError('FORMAT_UNKNOWN', {
      path: location,
      seen: [...new Set(seen.flat())],
      below: [],
    });
  }
  if (formats.size === 1) return format;
  throw new PlinthError('FORMAT_AMBIGUOUS', {
    path: location,
    candidates: [...formats.keys()].map((candidate) => ({
      format: candidate,
      evidence: fitting
        .filter(({ best }) => best.format === candidate)
        .map(({ files, best }) => `${files.location}: ${best.evidence.join('; ')}`),
    })),
  });
}

/** Fails with OPTIONS_INVALID where several locations are given to a tool that has one folder. */
export function ensureTakesSeveral(reader: Reader, parts: readonly unknown[], location?: string): void {
  if (parts.length < 2 || reader.takesSeveral === true) return;
  const several = READERS.filter(({ takesSeveral }) => takesSeveral === true).map(({ format }) => format);
  const found = location === undefined ? '' : `: ${location} is one of them`;
  throw new PlinthError('OPTIONS_INVALID', {
    problems: [
      `--migrations is given ${parts.length} times, but ${reader.format} has its migrations in one folder${found} (several are read with --format ${several.join(' or ')})`,
    ],
  });
}
