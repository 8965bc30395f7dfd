import { ACCESS } from './scenarios/access.js';
import { describeScenarios } from './scenarios/run-scenarios.js';

describeScenarios(ACCESS);
