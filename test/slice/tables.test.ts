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
    if (tables.length === 0) expect(() => find(name)).toThrow(/makes no table or view/);
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
    expect(() => getWantedTables(createObservation([], []), ['t'])).toThrow(/makes no table or view t$/);
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

describe('what else a request names', () => {
  const objects = [
    { type: 'table', identity: 'public.orders' },
    { type: 'view', identity: 'public.order_totals' },
    { type: 'materialized view', identity: 'sales."Monthly Totals"' },
    { type: 'function', identity: 'audit.make_partition(pg_catalog.date)' },
    { type: 'function', identity: 'public.f(integer,text)' },
    { type: 'function', identity: 'public.f(integer)' },
    { type: 'type', identity: 'public.status' },
    { type: 'schema', identity: 'audit' },
    { type: 'extension', identity: 'pgcrypto' },
    { type: 'function', identity: 'public.gone()', gone: true as const },
    { type: 'function', identity: 'public.given()', environment: true as const },
  ];
  const all = createObservation(objects, []);
  const findAll = (...names: string[]): string[] => getWantedTables(all, names).map(({ name }) => name);

  it.each([
    ['order_totals', ['public.order_totals']],
    ['public.order_totals', ['public.order_totals']],
    ['view order_totals', ['public.order_totals']],
    ['"Monthly Totals"', ['sales.Monthly Totals']],
    ['Materialized View sales."Monthly Totals"', ['sales.Monthly Totals']],
    ['table orders', ['public.orders']],
    ['function audit.make_partition(date)', ['function audit.make_partition(date)']],
    ['function make_partition', ['function audit.make_partition(date)']],
    ['function f', ['function public.f(integer)', 'function public.f(integer,text)']],
    ['function f(integer, text)', ['function public.f(integer,text)']],
    ['function audit.*', ['function audit.make_partition(date)']],
    ['type status', ['type public.status']],
    ['domain status', ['type public.status']],
    ['schema audit', ['schema audit']],
    ['extension pgcrypto', ['extension pgcrypto']],
    // A pattern stands for tables.
    ['order*', ['public.orders']],
  ])('%s', (name, found) => expect(findAll(name)).toEqual(found));

  it.each([
    ['function make_partitoin', ['function audit.make_partition(date)']],
    ['function f(bigint)', ['function public.f(integer)', 'function public.f(integer,text)']],
    ['function gone', []],
    ['function given', []],
    ['order_total', ['order_totals']],
    ['type stats', ['type public.status']],
  ])('%s is not there', (name, nearest) => {
    expect(() => findAll(name)).toThrow(
      expect.objectContaining({ args: { unknown: [{ name, nearest }], codeSteps: [] } }),
    );
  });

  it('is told in its own words', () => {
    expect(() => findAll('function gon')).toThrow('the history makes no function gon');
    expect(() => findAll('gon')).toThrow('the history makes no table or view gon');
  });
});
