import type { Difference } from '../model/fact.js';
import type { Finding } from '../model/finding.js';
import type { Comparison } from '../model/verification.js';
import { type FactSession, readFacts } from '../postgres/catalogue-facts.js';
import { getDifferences } from './differences.js';
import type { Expectation } from './expected.js';
import { isSkipped, type SkippedStatement } from './skipped.js';
import { getTablesWithoutNow } from './time-ranges.js';

export interface VerifyRequest {
  readonly expectation: Expectation;
  /** The tables that were asked for as `schema.name`. */
  readonly tables: readonly string[];
  /** What the ledger says was left out; asked only where something differs. */
  readonly readSkipped: () => Promise<readonly SkippedStatement[]>;
}

/** Compares a database with what is expected of it: one round trip, nothing locked or written. */
export async function verifyDatabase(session: FactSession, request: VerifyRequest): Promise<Comparison> {
  const start = performance.now();
  const { expectation, tables, readSkipped } = request;
  const { facts } = expectation;
  const found = await readFacts(session, { only: facts.objects });
  const clocked = new Set([...expectation.clocked].map((identity) => `table ${identity}`));
  const all = (await getDifferences(facts, found)).filter(
    ({ object, kind }) => kind !== 'missing' || !clocked.has(object),
  );
  const skipped = all.length === 0 ? [] : await readSkipped();
  const differences = all.filter((difference) => !isSkipped(difference, skipped));
  const there = new Set(facts.objects.map(({ identity }) => identity));
  const ranges = (found.ranges ?? []).filter(({ table }) => there.has(table));
  return {
    ok: differences.length === 0,
    differences: sortByObject(differences),
    tables,
    checked: facts.objects.length,
    findings: [
      ...expectation.unknown.map(
        (object): Finding => ({ code: 'OBJECT_NOT_COMPARED', severity: 'warning', args: { object } }),
      ),
      ...getTablesWithoutNow(ranges).map(
        ({ table, now }): Finding => ({
          code: 'PARTITION_FOR_NOW_MISSING',
          severity: 'warning',
          args: { table, now },
        }),
      ),
    ],
    elapsedMs: Math.round(performance.now() - start),
  };
}

function sortByObject(differences: readonly Difference[]): readonly Difference[] {
  return [...differences].sort((a, b) => (a.object < b.object ? -1 : a.object > b.object ? 1 : 0));
}
