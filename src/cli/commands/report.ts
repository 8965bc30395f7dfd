import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlinthError } from '../../errors.js';
import { renderReportJson, renderReportWritten } from '../../report/report-text.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';
import { writeWhole } from '../write-file.js';

/** Writes a page about the history, and opens it where that is asked for. */
export async function runReport(values: Values, io: Io): Promise<void> {
  const { html, open } = values as { readonly html?: string; readonly open?: boolean };
  if (html === undefined && open !== true) {
    throw new PlinthError('OPTIONS_INVALID', { problems: ['no file: give --html FILE, or --open'] });
  }
  if (html === '-' && (open === true || values['json'] === true)) {
    const problem = 'the page goes to stdout: leave out --open and --json, or give --html FILE';
    throw new PlinthError('OPTIONS_INVALID', { problems: [problem] });
  }
  const { report } = await io.load();
  const page = await withReporter(io, values, true, (context) => report(getLibraryOptions(values), context));
  if (html === '-') {
    io.stdout.write(page);
    return;
  }
  await showPage(page, html ?? null, values, io);
}

/** Writes a page, to a temporary folder where no file is named, says where, and opens it with `--open`. */
export async function showPage(page: string, file: string | null, values: Values, io: Io): Promise<void> {
  const path = file ?? join(await mkdtemp(join(tmpdir(), 'plinth-report-')), 'report.html');
  await writeWhole(path, page);
  const written = { path, bytes: Buffer.byteLength(page) };
  io.stdout.write(`${values['json'] === true ? renderReportJson(written) : renderReportWritten(written)}\n`);
  if (values['open'] !== true) return;
  // Loaded where it is asked for, and not before.
  const { default: openPath } = await import('open');
  await openPath(path);
}
