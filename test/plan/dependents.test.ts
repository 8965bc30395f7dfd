import { expect, test } from 'vitest';
import { createCase, createLedger, render } from './support.js';

test('a view that an earlier run made goes and comes again around what it would be in the way of', () => {
  const subject = createCase(
    {
      '1.sql': [
        { sql: 'create t', writes: [0], creates: [0] },
        { sql: 'create view v on t', writes: [1], creates: [1], conditional: [[1, 0, '']], needs: [0] },
      ],
      '2.sql': [
        { sql: 'drop view v', kind: 'DropStmt', writes: [1], needs: [1] },
        { sql: 'alter t', writes: [0], needs: [0] },
        { sql: 'create view v on t again', writes: [2], creates: [2], conditional: [[2, 0, '']], needs: [0] },
        { sql: 'grant on v', writes: [2], needs: [2] },
      ],
    },
    ['t', { type: 'view', identity: 'public.v', gone: true }, { type: 'view', identity: 'public.v' }],
  );
  const plan = (...rows: string[]): string[] =>
    render(subject.getPlan(createLedger(subject, rows), { tables: ['t'] }).plan.migrations);
  expect(plan('create t', 'create view v on t')).toEqual([
    '2.sql: drop view v alter t create view v on t again grant on v',
  ]);
  // Nobody made the view here.
  expect(plan('create t')).toEqual(['2.sql: alter t']);
});
