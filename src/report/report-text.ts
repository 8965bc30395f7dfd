import { renderBytes } from './measure.js';

/** Where a page was written, and its size. */
export interface WrittenReport {
  readonly path: string;
  readonly bytes: number;
}

/** What `report` wrote, for people. */
export function renderReportWritten({ path, bytes }: WrittenReport): string {
  return `Wrote ${path} (${renderBytes(bytes)}): one file that loads nothing, to open in any browser.`;
}

/** The last line of `report --json`. */
export function renderReportJson({ path, bytes }: WrittenReport): string {
  return JSON.stringify({ format: 'plinth-events/1', type: 'reported', path, bytes });
}
