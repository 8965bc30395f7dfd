import { expect, test } from 'vitest';
import { createCase, createLedger, render } from './support.js';

const files = {
  '1.sql': [
    { sql: 'create old', writes: [0], creates: [0] },
    { sql: 'create t', writes: [1], creates: [1] },
  ],
  '2.sql': [
    { sql: 'alter old', writes: [0] },
    { sql: 'drop old', kind: 'DropStmt', writes: [0] },
    { sql: 'alter t', writes: [1] },
  ],
};
const objects = [{ type: 'table', identity: 'public.old', gone: true as const }, 't'];

test('everything takes away what an earlier run made and the history drops; tables by name leave it', () => {
  const subject = createCase(files, objects);
  const plan = (rows: readonly string[], tables: readonly string[] | null): string[] => {
    const slicer = subject.getSlice(tables);
    return render(
      subject.getPlan(createLedger(subject, rows), { tables: tables ?? [], getSlice: slicer }).plan
        .migrations,
    );
  };
  expect(plan(['create old', 'create t', 'alter t'], null)).toEqual(['2.sql: alter old drop old']);
  expect(plan(['create old', 'create t'], ['t'])).toEqual(['2.sql: alter t']);
  expect(plan(['create t'], null)).toEqual(['2.sql: alter t']);
});
