/** Lines on their way to a stream. */
export interface LineWriter {
  write(line: string): void;
  /** Writes what is left; what comes after it by another way comes after it. */
  flush(): void;
}

/**
 * Writes the lines of one turn of the event loop together, at its end: by then what a run does next is on its way to the server, which
 * works while whoever reads the lines is woken.
 */
export function createLineWriter(stream: Pick<NodeJS.WritableStream, 'write'>): LineWriter {
  let waiting = '';
  const flush = (): void => {
    if (waiting === '') return;
    const text = waiting;
    waiting = '';
    stream.write(text);
  };
  return {
    write: (line) => {
      if (waiting === '') process.nextTick(flush);
      waiting += `${line}\n`;
    },
    flush,
  };
}
