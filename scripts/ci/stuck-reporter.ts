import { execFileSync } from 'node:child_process';
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

// The longest file takes about three minutes, and each test has a limit of its own, unless it never lets its process breathe.
const STUCK_MS = 15 * 60_000;

/** Ends a run of which a file does not end, and says which one: else only its time limit would end it, without a word. */
export default class StuckReporter implements Reporter {
  readonly #begun = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  onTestRunStart(): void {
    this.#timer = setInterval(() => this.#look(), 10_000);
    this.#timer.unref();
  }

  onTestModuleStart({ moduleId }: TestModule): void {
    this.#begun.set(moduleId, performance.now());
  }

  onTestModuleEnd({ moduleId }: TestModule): void {
    this.#begun.delete(moduleId);
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const stuck = [...this.#begun].filter(([, begun]) => performance.now() - begun > STUCK_MS);
    if (stuck.length === 0) return;
    for (const [file] of stuck)
      console.error(
        `${relative('.', file)} has not ended within ${STUCK_MS / 60_000} min: the run ends here.`,
      );
    // A process that spins does not see that nobody listens any more.
    execFileSync('pkill', ['-KILL', '-P', String(process.pid)]);
    process.exit(1);
  }
}
