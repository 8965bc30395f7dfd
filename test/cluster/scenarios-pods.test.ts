import { PODS } from './scenarios/pods.js';
import { describeScenarios } from './scenarios/run-scenarios.js';

describeScenarios(PODS);
