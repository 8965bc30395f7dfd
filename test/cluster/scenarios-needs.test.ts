import { NEEDS } from './scenarios/needs.js';
import { describeScenarios } from './scenarios/run-scenarios.js';

describeScenarios(NEEDS);
