import { isPlinthError } from '../errors.js';
import type { RunEvent } from '../model/event.js';
import type { RunResult } from '../model/result.js';
import { redact } from './redact.js';

const FORMAT = 'plinth-events/1';

/** One event as a line of NDJSON, without its line break. */
export function renderEventJson(event: RunEvent): string {
  if (event.type !== 'history') return renderLine(event);
  // Its own `format`, the tool, makes way for that of the line.
  const { format: historyFormat, ...rest } = event;
  return renderLine({ ...rest, historyFormat });
}

/** The last line of a run that went well. */
export function renderResultJson(result: RunResult): string {
  return renderLine({ type: 'finished', result });
}

/** The last line of a command that did not; unknown errors have the code UNEXPECTED. */
export const renderErrorJson = (error: unknown): string => renderLine(getErrorValue(error));

/** An error as its line has it. */
export function getErrorValue(error: unknown) {
  const type = 'error' as const;
  if (!isPlinthError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      type,
      name: 'Error',
      code: 'UNEXPECTED',
      message,
      hint: null,
      place: null,
      calls: [],
      findings: [],
    };
  }
  return {
    type,
    name: error.name,
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    place: error.place ?? null,
    calls: error.calls,
    findings: error.findings,
    ...(error.result === undefined ? {} : { result: error.result }),
  };
}

/** A line of NDJSON, without its line break and without secrets. */
export function renderLine<T extends { readonly type: string }>(value: T): string {
  return JSON.stringify({ format: FORMAT, ...value }, (_, item: unknown) =>
    typeof item === 'string' ? redact(item) : item,
  );
}
