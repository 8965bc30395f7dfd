/** Runs tasks, so many at a time, in their order; when one fails or the signal fires, no other is begun. */
export async function runPool<T>(
  tasks: readonly T[],
  size: number,
  signal: AbortSignal | undefined,
  run: (task: T) => Promise<void>,
): Promise<void> {
  const queue = [...tasks];
  let failed = false;
  const work = async (): Promise<void> => {
    for (let task = queue.shift(); task !== undefined && !failed; task = queue.shift()) {
      signal?.throwIfAborted();
      await run(task).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const workers = Array.from({ length: Math.max(1, size) }, work);
  // All of them have ended before the first failure is told.
  const ended = await Promise.allSettled(workers);
  const first = ended.find((one) => one.status === 'rejected');
  if (first !== undefined) throw first.reason;
}
