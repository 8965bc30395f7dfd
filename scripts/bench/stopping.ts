let isStopping = false;

/** Lets Ctrl-C end a run in order: what was started is stopped, and what was made is dropped. A second one ends it at once. */
export function watchStopping(tell: (line: string) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(130);
      isStopping = true;
      tell('Stopping; once more stops at once, and leaves servers and databases behind.');
    });
  }
}

/** Throws where the run is to end. */
export function ensureNotStopping(): void {
  if (isStopping) throw new Error('Stopped.');
}
