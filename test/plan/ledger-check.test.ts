import { describe, expect, it } from 'vitest';
import { EMPTY_LEDGER } from '../../src/model/ledger.js';
import { getLedgerFit } from '../../src/plan/ledger-check.js';
import { type Case, createCase, createLedger } from './support.js';

const before = createCase({ '1.sql': ['a', 'b', 'c'], '2.sql': ['d', 'e'], '3.sql': ['f'] });

/** How a folder fits to a ledger that another state of it left. */
function compare(folder: Case, rows: Parameters<typeof createLedger>[1], known = before) {
  const found = getLedgerFit(folder.history, folder.statements, createLedger(known, rows));
  const getSql = (ordinals: ReadonlySet<number>): string =>
    [...ordinals]
      .sort((x, y) => x - y)
      .map((at) => folder.statements[at]!.sql)
      .join(' ');
  return {
    applied: getSql(found.applied),
    started: getSql(found.started),
    changes: found.changes.map(
      ({ migrationName, index, now }) => `${migrationName}[${index}] ${now?.sql ?? '-'}`,
    ),
    deleted: found.deleted,
    inserted: [...found.inserted].map((at) => folder.history.migrations[at]!.name),
    newest: found.newest,
  };
}

const NOTHING = { applied: '', started: '', changes: [], deleted: [], inserted: [], newest: null };

describe('a ledger and a folder', () => {
  it('fit where nothing was applied', () => {
    expect(compare(before, [])).toEqual(NOTHING);
    expect(getLedgerFit(before.history, before.statements, EMPTY_LEDGER).newest).toBeNull();
  });

  it('fit where they are equal, a part of the statements applied or all', () => {
    expect(compare(before, ['a', 'c', 'd'])).toEqual({ ...NOTHING, applied: 'a c d', newest: '2.sql' });
    expect(compare(before, ['a', 'b', 'c', 'd', 'e', 'f']).applied).toBe('a b c d e f');
  });

  it('count elided, adopted and skipped statements as there, and started ones apart', () => {
    const rows = [
      ['a', 'elided'],
      ['b', 'adopted'],
      ['c', 'skipped'],
      ['d', 'started'],
    ] as const;
    expect(compare(before, rows)).toEqual({ ...NOTHING, applied: 'a b c', started: 'd', newest: '2.sql' });
  });

  it('differ where an applied statement was edited, which counts as applied', () => {
    const folder = createCase({ '1.sql': ['a', 'B', 'c'], '2.sql': ['d', 'E'], '3.sql': ['f'] });
    expect(compare(folder, ['a', 'b', 'c'])).toEqual({
      ...NOTHING,
      applied: 'a B c',
      changes: ['1.sql[1] B'],
      newest: '1.sql',
    });
    expect(compare(folder, ['d'])).toMatchObject({ applied: 'd', changes: [] });
  });

  it('differ where an applied statement was taken away, also the last one', () => {
    const folder = createCase({ '1.sql': ['a', 'c'], '2.sql': ['d'], '3.sql': ['f'] });
    expect(compare(folder, ['a', 'b', 'c'])).toMatchObject({ applied: 'a c', changes: ['1.sql[1] -'] });
    expect(compare(folder, ['d', 'e'])).toMatchObject({ applied: 'd', changes: ['2.sql[1] -'] });
    expect(compare(folder, ['a', 'c'])).toMatchObject({ applied: 'a c', changes: [] });
  });

  it('differ in every statement of a migration that was emptied', () => {
    const folder = createCase({ '1.sql': [], '2.sql': ['d', 'e'], '3.sql': ['f'] });
    expect(compare(folder, ['a', 'b'])).toMatchObject({
      applied: '',
      changes: ['1.sql[0] -', '1.sql[1] -'],
      deleted: [],
    });
  });

  it('fit where a statement was put between others, which is then left to run', () => {
    const folder = createCase({
      '1.sql': ['new', 'a', 'b', 'more', 'c', 'last'],
      '2.sql': ['d'],
      '3.sql': [],
    });
    expect(compare(folder, ['a', 'b', 'c'])).toMatchObject({ applied: 'a b c', changes: [] });
    expect(compare(folder, ['b', 'c'])).toMatchObject({ applied: 'b c', changes: [] });
  });

  it('keep equal statements of one migration apart', () => {
    const same = createCase({ '1.sql': ['x', 'y', 'x', 'x'] });
    const rows = [0, 2, 3].map((index) => ({
      migration: '1.sql',
      index,
      digest: 'x',
      state: 'applied' as const,
    }));
    const ledger = { ...createLedger(same, []), statements: rows };
    const found = getLedgerFit(same.history, same.statements, ledger);
    expect([...found.applied]).toEqual([0, 2, 3]);
    const longer = createCase({ '1.sql': ['x', 'new', 'y', 'x', 'x'] });
    expect([...getLedgerFit(longer.history, longer.statements, ledger).applied]).toEqual([0, 3, 4]);
  });

  it('differ where the order of applied statements changed', () => {
    const folder = createCase({ '1.sql': ['b', 'a', 'c'], '2.sql': [], '3.sql': [] });
    expect(compare(folder, ['a', 'b', 'c']).changes).toHaveLength(1);
  });

  it('differ where a migration with applied statements is gone', () => {
    const folder = createCase({ '1.sql': ['a', 'b', 'c'], '3.sql': ['f'] });
    expect(compare(folder, ['a', 'd'])).toMatchObject({ applied: 'a', deleted: ['2.sql'] });
    expect(compare(folder, ['a', 'f'])).toMatchObject({ deleted: [] });
  });

  it('tell what was inserted below the newest migration that has applied statements', () => {
    const folder = createCase({
      '0.sql': ['z'],
      '1.sql': ['a', 'b', 'c'],
      '1a.sql': ['n'],
      '2.sql': ['d', 'e'],
      '3.sql': ['f'],
      '4.sql': ['g'],
    });
    expect(compare(folder, ['d'])).toMatchObject({ inserted: ['0.sql', '1a.sql'], newest: '2.sql' });
    expect(compare(folder, ['a'])).toMatchObject({ inserted: ['0.sql'], newest: '1.sql' });
    expect(compare(folder, [])).toMatchObject({ inserted: [], newest: null });
  });

  it('fit where a file was renamed and kept its id', () => {
    const renamed: Case = {
      ...before,
      history: {
        ...before.history,
        migrations: before.history.migrations.map((m) => ({ ...m, name: `new_${m.name}` })),
      },
    };
    expect(compare(renamed, ['a', 'd'])).toEqual({ ...NOTHING, applied: 'a d', newest: 'new_2.sql' });
  });
});
