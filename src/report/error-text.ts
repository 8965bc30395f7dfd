import { isPlinthError, type PlinthError } from '../errors.js';
import type { SourcePlace } from '../model/finding.js';
import { renderExcerpt } from './excerpt.js';
import { renderFinding } from './finding-words.js';
import { redact } from './redact.js';
import { renderCommitted } from './result-text.js';
import { PLAIN, type Style } from './style.js';

/** How to set an error. */
export interface ErrorTextOptions {
  /** Width of the terminal in characters. Default: 120. */
  readonly columns?: number | undefined;
  readonly style?: Style;
  /** Adds the stack and the causes. Default: false. */
  readonly verbose?: boolean;
}

/** An error for people: what, where in their file, why, what is committed, what to do next. Holds no password. */
export function renderErrorText(error: unknown, options: ErrorTextOptions = {}): string {
  const style = options.style ?? PLAIN;
  const text = isPlinthError(error)
    ? renderKnown(error, options.columns, style)
    : renderUnknown(error, style);
  const stack = options.verbose === true ? `\n${style.dim(renderStack(error))}` : '';
  return `${redact(text + stack)}\n`;
}

function renderKnown(error: PlinthError, columns: number | undefined, style: Style): string {
  return [
    `${style.bad(`error[${error.code}]:`)} ${error.message}`,
    ...renderPlaces(error, columns, style),
    ...error.findings.flatMap((finding) => [
      // The first one is the error itself: only what it rests on is new.
      ...(finding.code === error.code && finding === error.findings[0]
        ? []
        : [`  ${finding.severity}: ${renderFinding(finding)}`]),
      ...(finding.evidence ?? []).map((line) => style.dim(`    ${line}`)),
    ]),
    ...(error.result === undefined ? [] : [`${style.strong('committed:')} ${renderCommitted(error.result)}`]),
    ...(error.hint === undefined ? [] : [`${style.strong('hint:')} ${error.hint}`]),
  ].join('\n');
}

const CALLS_SHOWN = 4;

function renderPlaces(error: PlinthError, columns: number | undefined, style: Style): string[] {
  // Its message shows the excerpts of all of its places.
  if (error.place === undefined || error.code === 'SQL_INVALID') return [];
  const rest = error.calls.length - CALLS_SHOWN;
  return [
    ...renderPlace('at', error.place, columns, style),
    ...error.calls
      .slice(0, CALLS_SHOWN)
      .flatMap((place) => renderPlace('called from', place, columns, style)),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

function renderPlace(words: string, place: SourcePlace, columns: number | undefined, style: Style): string[] {
  const within = place.within === undefined ? '' : `, in ${place.within}`;
  const head = `  ${words} ${place.file}:${place.line}:${place.column}${within}`;
  return place.excerpt.length === 0 ? [head] : [head, renderExcerpt(place, columns, style)];
}

function renderUnknown(error: unknown, style: Style): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${style.bad('unexpected error:')} ${message}\n${style.strong('hint:')} --verbose shows where it comes from.`;
}

function renderStack(error: unknown): string {
  const lines: string[] = [];
  for (let each = error; each instanceof Error && lines.length < 5; each = each.cause) {
    lines.push(`${lines.length === 0 ? '' : 'caused by: '}${each.stack ?? each.message}`);
  }
  return lines.join('\n');
}
