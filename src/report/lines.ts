import type { OnEvent } from '../model/event.js';
import { renderEvent } from './event-text.js';
import { renderResult } from './result-text.js';

/** Writes a run to a log: what is done or amiss as it happens, and the outcome with the tables made. */
export function createLineWriter(stream: { write(text: string): unknown }): OnEvent {
  let last = '';
  return (event) => {
    const line = event.type === 'finished' ? renderResult(event.result) : renderEvent(event);
    // A wait tells the same again and again.
    if (line === null || line === last) return;
    last = line;
    stream.write(`${line}\n`);
  };
}
