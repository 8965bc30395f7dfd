import { describeScenarios } from './scenarios/run-scenarios.js';
import { SERVER } from './scenarios/server.js';

describeScenarios(SERVER);
