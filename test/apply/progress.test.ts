import { expect, test } from 'vitest';
import { createProgress } from '../../src/apply/progress.js';
import type { Plan } from '../../src/model/plan.js';
import { createSteps } from '../support/plans.js';

test('what a later plan has no more was committed unseen; what it has again was lost, be it applied before', () => {
  const migrations = createSteps([
    { name: '1', steps: ['create table a ()'] },
    { name: '2', steps: ['create table b ()'] },
    { name: '3', steps: ['create table c ()'] },
  ]);
  const createPlan = (...wanted: number[]) =>
    ({
      migrations: wanted.map((at) => migrations[at]!),
      tables: [],
      creates: [],
      already: 0,
    }) as unknown as Plan;
  const progress = createProgress('run', undefined);
  progress.begin(createPlan(0, 1, 2));
  progress.mark(migrations[0]!.steps, 'applied');
  progress.mark(migrations[2]!.steps, 'failed');
  progress.begin(createPlan(0, 2));
  const { steps } = progress.getResult('failed', []);
  expect(steps.map(({ status }) => status)).toEqual(['not-executed', 'applied', 'not-executed']);
});
