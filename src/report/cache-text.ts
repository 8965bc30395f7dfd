import { renderBytes, renderCount } from './measure.js';

/** The kept observations, as the report needs them. */
export interface CacheSummary {
  readonly dir: string;
  readonly entries: readonly {
    readonly digest: string;
    readonly bytes: number;
    readonly usedAt: string;
    readonly location: string;
    readonly statements: number;
  }[];
}

/** Where the observations are kept, and one a line. */
export function renderCache({ dir, entries }: CacheSummary): string {
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const head = `${dir}: ${renderCount(entries.length, 'observation')}${entries.length > 0 ? `, ${renderBytes(bytes)}` : ''}`;
  return [
    head,
    ...entries.map(
      ({ digest, bytes: size, usedAt, location, statements }) =>
        `  ${digest.slice(0, 12)}  ${usedAt.slice(0, 10)}  ${renderBytes(size).padStart(8)}  ${location} (${renderCount(statements, 'statement')})`,
    ),
  ].join('\n');
}

/** What `cache --json` prints. */
export function renderCacheJson({ dir, entries }: CacheSummary): string {
  return JSON.stringify({ format: 'plinth-cache/1', dir, entries }, null, 2);
}

/** What `cache clear` did, for people. */
export function renderCleared(removed: number): string {
  return removed === 0 ? 'The cache was empty.' : `Removed ${renderCount(removed, 'observation')}.`;
}

/** What `cache clear --json` prints. */
export function renderClearedJson(removed: number): string {
  return JSON.stringify({ format: 'plinth-cache/1', removed });
}
