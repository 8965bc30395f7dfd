/** Who somebody is in a measure. */
export type Role = 'plinth' | 'peer' | 'floor';

/** What one contestant needed, a value for each round. */
export interface Entry {
  readonly name: string;
  readonly role: Role;
  readonly values: readonly number[];
  /** Why there are none, or how many of them failed. */
  readonly failure?: string;
}

export type Unit = 'ms' | 'MiB' | 'cores';

/** What a measure found: some contestants that did the same in turns. */
export interface Measurement {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** What the values of an entry come to. Default: the median. */
  readonly statistic?: 'p95';
  /** What was done, in a sentence or two. */
  readonly what: string;
  readonly entries: readonly Entry[];
  /** What was seen beside figures. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** Where and of what the figures are. */
export interface Environment {
  /** The folder that was given; null: generated ones. */
  readonly history: string | null;
  readonly date: string;
  readonly plinth: string;
  readonly machine: string;
  readonly node: string;
  readonly server: string;
  readonly settings: readonly string[];
  /** Where its data and all temporary files lie. */
  readonly data: string;
  /** Names and versions of those who took part. */
  readonly peers: Readonly<Record<string, string>>;
  /** Those that are not on this machine, with how to get them. */
  readonly missing: Readonly<Record<string, string>>;
  /** The mean of one minute before and after. */
  readonly load: readonly [before: number, after: number];
}

/** A run of the benchmark, as it is kept. */
export interface BenchResult {
  readonly format: 'plinth-bench/1';
  readonly environment: Environment;
  readonly seconds: number;
  readonly measurements: readonly Measurement[];
}
