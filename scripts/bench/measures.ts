import type { Measure } from './bench.js';
import { nothing } from './measures/nothing.js';
import { whole } from './measures/whole.js';

/** Every measure, in the order of a run. */
export const MEASURES: readonly Measure[] = [whole, nothing];
