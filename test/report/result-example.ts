import type { RunResult } from '../../src/model/result.js';

/** A run that applied one statement. */
export const RESULT: RunResult = {
  outcome: 'applied',
  run: 'r1',
  tables: [],
  created: ['public.audit_events'],
  adopted: [],
  already: 0,
  steps: [{ migration: '001.sql', statement: 0, line: 1, status: 'applied' }],
  findings: [],
  verified: null,
  elapsedMs: 5,
};
