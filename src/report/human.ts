import type { OnEvent, RunEvent } from '../model/event.js';
import { renderEvent, renderLive } from './event-text.js';
import { createLineWriter } from './line-writer.js';
import { cut } from './measure.js';
import { PLAIN, type Style } from './style.js';

/** Shows a run to people while it goes on. */
export interface HumanReporter {
  readonly onEvent: OnEvent;
  /** Takes the live line away; what comes after it is written below. */
  readonly stop: () => void;
}

/** How to show a run. */
export interface HumanOptions {
  /** Where the words go: stderr. */
  readonly stream: NodeJS.WriteStream;
  /** Shows what goes on at the moment in a line that is written over. Default: the stream is a terminal. */
  readonly live?: boolean;
  readonly style?: Style;
  /** Tells more. Default: false. */
  readonly verbose?: boolean;
}

// Observing and waiting say the same again many times a second.
const LIVE_INTERVAL_MS = 80;

/** Lines that stay for what is done or amiss and, on a terminal, one live line for what goes on. */
export async function createHumanReporter(options: HumanOptions): Promise<HumanReporter> {
  const { stream, style = PLAIN, verbose = false, live = stream.isTTY === true } = options;
  // It knows the width of every character there is, which takes a while to load.
  const log = live ? (await import('log-update')).createLogUpdate(stream) : null;
  let shownAt = 0;
  let waiting: string | null = null;

  const lines = createLineWriter(stream);
  const write = (line: string): void => {
    log?.clear();
    lines.write(line);
    // Before the live line is written anew.
    if (log !== null) lines.flush();
  };

  const showLive = (event: RunEvent): void => {
    const line = renderLive(event);
    const now = Date.now();
    const isFirst = (event.type !== 'observing' && event.type !== 'proving') || event.done === 0;
    if (line === null || (!isFirst && now - shownAt < LIVE_INTERVAL_MS)) return;
    shownAt = now;
    log?.(style.dim(cut(line, (stream.columns ?? 80) - 1)));
  };

  const onEvent = (event: RunEvent): void => {
    if (live) showLive(event);
    const line = event.type === 'waiting' && live ? null : renderEvent(event, verbose);
    const key = event.type === 'waiting' ? getWaitKey(event) : null;
    const isRepeated = key !== null && key === waiting;
    waiting = key;
    if (line !== null && !isRepeated) write(paint(event, line, style));
  };

  return {
    onEvent,
    stop: () => {
      lines.flush();
      log?.clear();
      log?.done();
    },
  };
}

// A wait is told once, and again where somebody else holds the lock by now, or something else is in the way.
function getWaitKey({ forWhat, holder, finding }: Extract<RunEvent, { type: 'waiting' }>): string {
  return `${forWhat} ${holder?.pid} ${forWhat === 'tables' ? '' : JSON.stringify([finding?.code, finding?.args])}`;
}

function paint(event: RunEvent, line: string, style: Style): string {
  if (event.type === 'reconnecting' || event.type === 'waiting') return style.warn(line);
  if (event.type === 'finding') return event.finding.severity === 'info' ? line : style.warn(line);
  return line;
}
