import { describe, expect, it } from 'vitest';
import type { History } from '../../src/model/history.js';
import { EMPTY_LEDGER, type Ledger } from '../../src/model/ledger.js';
import { getLedgerFit, hasGaps } from '../../src/plan/ledger-check.js';
import { getLedgerDigest } from '../../src/plan/ledger-digest.js';
import { createPlan } from '../../src/plan/plan.js';
import { createCase, createLedger, render } from './support.js';

type Given = Parameters<typeof createCase>[0];

/** A case whose files named R… are repeatable, their content being `version`. */
function createRepeatable(files: Given, version: string) {
  const plain = createCase(files);
  const history: History = {
    ...plain.history,
    migrations: plain.history.migrations.map((m) =>
      m.name.startsWith('R') ? { ...m, contentDigest: version } : m,
    ),
  };
  const statements = plain.statements.map((s) => ({
    ...s,
    digest: getLedgerDigest(s.digest, history.migrations[s.migration]!),
  }));
  return {
    history,
    statements,
    getFit: (ledger: Ledger) => getLedgerFit(history, statements, ledger),
    getPlan: (ledger: Ledger) =>
      createPlan({
        name: 'main',
        history,
        statements,
        ledger,
        observation: null,
        getSlice: null,
        allowChanged: false,
        allowOutOfOrder: false,
      }).plan,
  };
}

const FILES = { '1.sql': ['a'], 'R1.sql': ['x', 'y', 'z'], 'R2.sql': ['r'] };
const old = createRepeatable(FILES, 'old');
const all = createLedger(old, ['a', 'x', 'y', 'z', 'r']);

describe('a repeatable migration in the ledger', () => {
  it('is applied where its content is the same', () => {
    expect([...old.getFit(all).applied]).toEqual([0, 1, 2, 3, 4]);
    expect(old.getPlan(all).migrations).toEqual([]);
  });

  it('is no change where its content is another one: what ran of it runs again', () => {
    const folder = createRepeatable({ ...FILES, 'R1.sql': ['new', 'y', 'Z', 'x', 'w'] }, 'new');
    const fit = folder.getFit(createLedger(old, ['a', 'x', 'y', 'z']));
    expect(fit.changes).toEqual([]);
    expect([...fit.applied]).toEqual([0]);
    expect([...fit.again].sort().map((at) => folder.statements[at]!.sql)).toEqual(['y', 'Z', 'x']);
    expect([...fit.perhaps].map((at) => folder.statements[at]!.sql)).toEqual(['new', 'y', 'Z', 'x', 'w']);
    expect(fit.outdated).toEqual(new Map([[1, [0, 1, 2]]]));
  });

  it('is planned as a whole, with the rows that its new statements do not take', () => {
    const folder = createRepeatable({ ...FILES, 'R1.sql': ['x'] }, 'new');
    const { migrations } = folder.getPlan(all);
    expect(render(migrations)).toEqual(['R1.sql: x', 'R2.sql: r']);
    expect(migrations.map(({ outdated }) => outdated)).toEqual([[1, 2], []]);
  });

  it('is planned as a whole where a part of it ran, as it is', () => {
    const { migrations } = old.getPlan(createLedger(old, ['a', 'y', 'r']));
    expect(render(migrations)).toEqual(['R1.sql: x y z']);
    expect(migrations[0]!.outdated).toBeUndefined();
  });

  it('is not what later versions stand below, and leaves no gap', () => {
    const folder = createRepeatable({ '1.sql': ['a'], '2.sql': ['b'], 'R1.sql': ['x', 'y', 'z'] }, 'old');
    const ledger = createLedger(old, ['a', 'y']);
    const fit = folder.getFit({ ...ledger, migrations: ledger.migrations.slice(0, 2) });
    expect(fit.inserted).toEqual(new Set());
    expect(fit.newest).toBe('1.sql');
    expect(hasGaps(folder.history, folder.statements, fit)).toBe(false);
    expect(render(folder.getPlan(ledger).migrations)).toEqual(['2.sql: b', 'R1.sql: x y z']);
  });

  it('is deleted like others', () => {
    const folder = createRepeatable({ '1.sql': ['a'] }, 'old');
    expect(folder.getFit(all).deleted).toEqual(['R1.sql', 'R2.sql']);
    expect(folder.getFit(EMPTY_LEDGER).deleted).toEqual([]);
  });
});
