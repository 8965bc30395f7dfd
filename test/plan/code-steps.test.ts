import { expect, test } from 'vitest';
import { EMPTY_LEDGER } from '../../src/model/ledger.js';
import { createCase, createLedger } from './support.js';

const CODE_STEPS = [
  { name: 'first.go', before: 0 },
  { name: 'middle.go', before: 1 },
  { name: 'later.go', before: 2 },
  { name: 'last.go', before: 3 },
];
const history = { codeSteps: CODE_STEPS };
const shop = createCase(
  {
    '1.sql': [{ sql: 'countries', writes: [0], creates: [0] }],
    '2.sql': [{ sql: 'orders', writes: [1], creates: [1] }],
    '3.sql': [{ sql: 'index', writes: [1] }],
  },
  ['countries', 'orders'],
);

function getNames(applied: readonly string[], tables?: readonly string[]): string[] {
  const ledger = applied.length === 0 ? EMPTY_LEDGER : createLedger(shop, applied);
  const { plan } = shop.getPlan(ledger, {
    history: { ...shop.history, ...history },
    ...(tables === undefined ? {} : { tables }),
  });
  return plan.codeSteps.map(({ name }) => name);
}

test('a whole history on an empty database meets every step in code', () => {
  expect(getNames([])).toEqual(['first.go', 'middle.go', 'later.go', 'last.go']);
});

test('what stands before the ledger was told by an earlier run', () => {
  expect(getNames(['countries'])).toEqual(['middle.go', 'later.go', 'last.go']);
  expect(getNames(['countries', 'orders'])).toEqual(['later.go', 'last.go']);
  expect(getNames(['countries', 'orders', 'index'])).toEqual([]);
});

test('a slice meets those after its first migration', () => {
  expect(getNames([], ['orders'])).toEqual(['later.go', 'last.go']);
  expect(getNames(['countries'], ['orders'])).toEqual(['later.go', 'last.go']);
  expect(getNames(['countries', 'orders'], ['orders'])).toEqual(['later.go', 'last.go']);
});

test('each is told with the migration that it stands before', () => {
  const { plan } = shop.getPlan(EMPTY_LEDGER, { history: { ...shop.history, ...history } });
  expect(plan.codeSteps.map(({ beforeName }) => beforeName)).toEqual(['1.sql', '2.sql', '3.sql', null]);
});
