import { applyPlan } from '../../src/apply/apply.js';
import { createConnectionConfig } from '../../src/postgres/config.js';
import { createContext } from '../support/plans.js';
import { createKillHistory, SLEEPING } from './kill-history.js';

// The child of kill.test.ts: applies a history until it is killed.
const { password, ...fields } = JSON.parse(process.argv[2]!);
const config = createConnectionConfig({ ...fields, password });
process.stdout.write('begun\n');
const { context } = createContext(config, process.argv[3] === 'sleeping' ? SLEEPING : createKillHistory());
await applyPlan(context);
process.stdout.write('ended\n');
