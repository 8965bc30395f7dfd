import { posix } from 'node:path';
import { HISTORY_PATH, type PackedFolder } from '../cluster/manifest/request.js';
import type { ResolvedHistoryOptions } from '../options.js';

/** What chooses a history, and the tables of it, as the command line of a pod that has its folder. */
export function getHistoryWords(
  options: ResolvedHistoryOptions & { readonly window: string | null },
  { format, locations, prelude }: PackedFolder,
): readonly string[] {
  const { alone, declared, history, searchPath, set, tables, window } = options;
  return [
    ...locations.flatMap((location) => ['--migrations', posix.join(HISTORY_PATH, location)]),
    ...['--format', format],
    ...getWord('--history', history === 'main' ? null : history),
    ...getWord('--tables', tables.length === 0 ? null : tables.join(',')),
    ...(alone ? ['--alone'] : []),
    ...getWord('--declared', declared?.join(',') ?? null),
    ...getWord('--partitions', window),
    ...getWord('--search-path', searchPath),
    ...getWord('--prelude', prelude === null ? null : posix.join(HISTORY_PATH, prelude)),
    ...Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
  ];
}

/** An option with its value, where it has one. */
export const getWord = (flag: string, value: string | null): readonly string[] =>
  value === null ? [] : [flag, value];

/** Milliseconds as options take them. */
export const renderTime = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);
