const guards = new Set<() => void>();

function runGuards(): void {
  for (const guard of guards) {
    try {
      guard();
    } catch {
      // The process is ending; the next start sweeps.
    }
  }
}

/** Runs `stop` (synchronous) if the process ends before the returned function is called. */
export function guardExit(stop: () => void): () => void {
  if (guards.size === 0) process.on('exit', runGuards);
  guards.add(stop);
  return () => {
    guards.delete(stop);
    if (guards.size === 0) process.off('exit', runGuards);
  };
}
