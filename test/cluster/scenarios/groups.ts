import { ACCESS } from './access.js';
import { NEEDS } from './needs.js';
import { PODS } from './pods.js';
import type { ScenarioGroup } from './scenario.js';
import { SERVER } from './server.js';

/** Every scenario, from the outermost rung inwards; docs/diagnosis.md shows them. */
export const GROUPS: readonly ScenarioGroup[] = [ACCESS, PODS, SERVER, NEEDS];
