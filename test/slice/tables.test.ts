import { describe, expect, it } from 'vitest';
import { isPlinthError } from '../../src/errors.js';
import { getWantedTables } from '../../src/slice/tables.js';
import { createObservation } from '../support/observations.js';

const NAMES = [
  'public.orders',
  'public.order_items',
  'public.audit_events',
  'public.audit_log',
  'public."Users"',
  'sales.orders',
  'sales."Big Orders"',
  'private.users',
  'public.v1',
];
const observation = createObservation(
  NAMES.map((identity) => ({ type: 'table', identity })),
  [],
);

const find = (...names: string[]): string[] => getWantedTables(observation, names).map(({ name }) => name);

function getUnknown(...names: string[]) {
  try {
    find(...names);
  } catch (error) {
    if (isPlinthError(error) && error.code === 'TABLE_UNKNOWN') return error.args;
    throw error;
  }
  throw new Error('all known');
}

describe('the tables that a request names', () => {
  it.each([
    ['order_items', ['public.order_items']],
    ['public.orders', ['public.orders']],
    ['orders', ['public.orders', 'sales.orders']],
    ['ORDERS', []],
    ['audit_*', ['public.audit_events', 'public.audit_log']],
    ['public.audit_*', ['public.audit_events', 'public.audit_log']],
    ['sales.*', ['sales.Big Orders', 'sales.orders']],
    ['*.orders', ['public.orders', 'sales.orders']],
    ['*users', ['private.users', 'public.Users']],
    ['Users', ['public.Users']],
    ['"Users"', ['public.Users']],
    ['public."Users"', ['public.Users']],
    ['sales."Big Orders"', ['sales.Big Orders']],
    ['Big Orders', ['sales.Big Orders']],
    ['v?', ['public.v1']],
    ['{v1,order_items}', ['public.order_items', 'public.v1']],
  ])('%s', (name, tables) => {
    if (tables.length === 0) expect(() => find(name)).toThrow(/makes no table/);
    else expect(find(name)).toEqual(tables);
  });

  it('are all of them for *, each once and sorted', () => {
    expect(find('*', 'orders', '*.*')).toEqual(NAMES.map((name) => name.replaceAll('"', '')).sort());
  });

  it('that are unknown are told together, each with the nearest names', () => {
    expect(getUnknown('audit_event', 'orders', 'public.order_item', 'log', 'zzzzzzzzzzzz')).toEqual({
      unknown: [
        { name: 'audit_event', nearest: ['audit_events'] },
        { name: 'public.order_item', nearest: ['order_items'] },
        { name: 'log', nearest: ['audit_log'] },
        { name: 'zzzzzzzzzzzz', nearest: [expect.any(String)] },
      ],
      codeSteps: [],
    });
  });

  it('have no nearest where the history makes no table', () => {
    expect(() => getWantedTables(createObservation([], []), ['t'])).toThrow(/makes no table t$/);
  });

  it('that a failed statement would have made are told with its place', () => {
    const failed = {
      sqlstate: '42704',
      message: 'type "vector" does not exist',
      table: { schema: '', name: 'items', file: '2.sql' },
    };
    const lacking = createObservation(['items_old', 'other'], [{ failed }]);
    const reason = 'type "vector" does not exist';
    const args = { table: 'items', file: '2.sql', line: 1, reason, codeSteps: ['1.go'] };
    const codeSteps = [
      { name: '1.go', before: 0 },
      { name: '3.go', before: 1 },
    ];
    for (const name of ['items', 'public.items', 'item*']) {
      expect(() => getWantedTables(lacking, [name], codeSteps)).toThrowError(
        expect.objectContaining({ code: 'TABLE_NOT_OBSERVED', args }),
      );
    }
    expect(getWantedTables(lacking, ['other']).map(({ name }) => name)).toEqual(['public.other']);
  });
});
