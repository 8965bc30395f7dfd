import type { Applier } from './appliers.js';
import type { Folders } from './history/folders.js';
import type { Rounds } from './race.js';
import type { Measurement } from './result.js';
import type { BenchServer } from './server.js';

/** What a measure works with. */
export interface Bench {
  readonly server: BenchServer;
  readonly folders: Folders;
  readonly appliers: readonly Applier[];
  /** For files of the run; where commands are run. */
  readonly dir: string;
  /** Where Plinth keeps observations; the Plinth among the appliers has another one, in which there is none. */
  readonly cacheDir: string;
  /** How many rounds a measure gets that has at least so many. */
  getRounds(least: number): Rounds;
  /** Only the smallest history, and what is quick. */
  readonly isQuick: boolean;
  tell(line: string): void;
  /** Says what could not be measured here, and what it takes. */
  noteMissing(name: string, how: string): void;
}

/** A measure: what it is called on the command line, and how it is taken; none comes of it where this machine lacks what it takes. */
export interface Measure {
  readonly name: string;
  readonly what: string;
  take(bench: Bench): Promise<readonly Measurement[]>;
}
