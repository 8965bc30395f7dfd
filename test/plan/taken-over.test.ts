import { describe, expect, test } from 'vitest';
import { EMPTY_LEDGER, type Ledger } from '../../src/model/ledger.js';
import type { ToolRecord } from '../../src/model/tool-ledger.js';
import { getTakenOver } from '../../src/plan/taken-over.js';
import { createCase, createLedger, render } from './support.js';

const { history, statements, getPlan } = createCase({ '1.sql': ['a', 'b'], '2.sql': ['c'], '3.sql': ['d'] });

const getTaken = (applied: readonly number[], own: Ledger = EMPTY_LEDGER) => {
  const record: ToolRecord = {
    applied: new Set(applied),
    outdated: new Set(),
    changed: [],
    unknown: [],
    unfinished: [],
  };
  const taken = getTakenOver(history, statements, own, record);
  return {
    sql: taken.statements.map(({ sql }) => sql).join(' '),
    there: [...taken.there],
    whole: [...taken.whole],
    ledger: taken.ledger,
  };
};

describe('what a tool applied', () => {
  test('is taken over as far as the ledger lacks it, and runs no more', () => {
    const { sql, whole, ledger } = getTaken([0, 1], createLedger({ history, statements }, ['a']));
    expect({ sql, whole }).toEqual({ sql: 'b c', whole: [0, 1] });
    expect(render(getPlan(ledger).plan.migrations)).toEqual(['3.sql: d']);
    expect(ledger.statements.map(({ state }) => state)).toEqual(['applied', 'adopted', 'adopted']);
  });

  test('counts with what the ledger has of others', () => {
    const { sql, there, whole } = getTaken([0], createLedger({ history, statements }, ['c']));
    expect({ sql, there: there.sort(), whole }).toEqual({ sql: 'a b', there: [0, 1], whole: [0, 1] });
  });

  test('leaves a migration below it that never ran, as one that was inserted late', () => {
    const { ledger } = getTaken([0, 2]);
    expect(() => getPlan(ledger)).toThrow('2.sql');
    const { plan } = getPlan(ledger, { allowOutOfOrder: true });
    expect(render(plan.migrations)).toEqual(['2.sql: c']);
  });

  test('settles a statement that was begun and not seen to end', () => {
    const own = createLedger({ history, statements }, ['a', ['b', 'started']]);
    const { sql, ledger } = getTaken([0], own);
    expect(sql).toBe('b');
    expect(ledger.statements.map(({ state }) => state)).toEqual(['applied', 'adopted']);
  });

  test('takes no row away from a statement that an edited file moved', () => {
    const own: Ledger = {
      ...createLedger({ history, statements }, []),
      statements: [{ migration: '1.sql', index: 0, digest: 'b', state: 'applied' }],
    };
    const { sql, ledger } = getTaken([0], own);
    expect(sql).toBe('');
    expect(ledger.statements).toEqual(own.statements);
  });
});
