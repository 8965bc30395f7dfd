import { renderCount } from './measure.js';

/** What `init` found and wrote, as the report needs it. */
export interface CreatedSummary {
  readonly path: string;
  readonly migrations: string | readonly string[];
  readonly format: string;
  readonly count: number;
  readonly missing: readonly string[];
}

/** What `init` found and wrote, for people. */
export function renderCreated({ path, migrations, format, count, missing }: CreatedSummary): string {
  const what = count === 0 ? 'migrations' : renderCount(count, 'migration');
  const tool = format === 'plain' ? 'plain SQL' : format;
  return [
    `Found ${what} of ${tool} in ${[migrations].flat().join(', ')}.`,
    `Wrote ${path}.`,
    ...(missing.length === 0
      ? []
      : [`Values are missing for ${missing.join(', ')}: write them under "set", or give them with --set.`]),
  ].join('\n');
}

/** The same as one object, for programs. */
export function renderCreatedJson({ path, migrations, format, count, missing }: CreatedSummary): string {
  return JSON.stringify({ format: 'plinth-init/1', path, migrations, tool: format, count, missing });
}
