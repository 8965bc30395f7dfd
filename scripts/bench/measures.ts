import type { Measure } from './bench.js';
import { clones } from './measures/clones.js';
import { cluster } from './measures/cluster.js';
import { handOver } from './measures/hand-over.js';
import { nothing } from './measures/nothing.js';
import { observing } from './measures/observing.js';
import { planning } from './measures/planning.js';
import { startUp } from './measures/start-up.js';
import { together } from './measures/together.js';
import { tunnel } from './measures/tunnel.js';
import { unreachable } from './measures/unreachable.js';
import { whole } from './measures/whole.js';

/** Every measure, in the order of a run. */
export const MEASURES: readonly Measure[] = [
  startUp,
  nothing,
  whole,
  together,
  handOver,
  planning,
  observing,
  clones,
  unreachable,
  tunnel,
  cluster,
];
