import type { AdoptRequest } from '../apply/context.js';
import { TableExistsError } from '../errors.js';
import type { Adoption } from '../model/adoption.js';
import type { Difference } from '../model/fact.js';
import type { Finding } from '../model/finding.js';
import type { ObjectRef } from '../model/observation.js';
import { renderPlace } from '../model/place.js';
import type { Step } from '../model/plan.js';
import { getAdoptedStatements } from '../plan/adoption.js';
import { createStep } from '../plan/plannable.js';
import { isEmptyOrMissing } from '../postgres/catalogue.js';
import { readMakers } from '../postgres/ledger.js';
import { withReadOnly } from '../postgres/read-only.js';
import type { Session } from '../postgres/session.js';
import { type Comparison, getUnclearReason, readComparison } from './comparison.js';
import type { Planner, Watched } from './planning.js';
import type { Prepared } from './prepared.js';

type Options = { readonly ledger: string; readonly history: string };

/**
 * Compares tables that no ledger knows with what the history leaves, when a run meets some: all equal, they are adopted,
 * with all they stand on.
 *
 * @throws TableExistsError where one of them, or something that is there beside them, is another one.
 */
export function createAdopt(
  prepared: Prepared,
  options: Options,
  planner: Planner,
): (session: Session, request: AdoptRequest) => Promise<Adoption> {
  return async (session, { ledger, tables }) => {
    const watched = await planner.watch();
    const comparison = await readComparison(session, prepared, watched, ledger);
    const { standings, differences, refs } = comparison;
    const there = getTableRefs(watched, tables);
    const isDifferent = ({ object }: Difference): boolean => standings.get(refs.get(object)!) === 'different';
    const found = differences.filter(isDifferent);
    const unclear = tables.flatMap((name) => {
      const ref = there.get(name);
      if (ref === undefined || standings.get(ref) !== 'unknown') return [];
      return [{ name, reason: getUnclearReason(prepared, watched, ref) ?? 'nothing is known of it' }];
    });
    const equal = getEqual(watched, standings);
    const { adopted, mixed } = getAdopted(watched, comparison, equal);
    const joined = mixed.map((ordinal) => renderPlace(createStepOf(prepared, watched, comparison, ordinal)));
    if (found.length > 0 || unclear.length > 0 || joined.length > 0) {
      const other = getDifferent(
        watched,
        there,
        found.map(({ object }) => refs.get(object)!),
      );
      const makers = await withReadOnly(session, () =>
        readMakers(session, options.ledger, options.history, tables),
      );
      throw new TableExistsError('TABLE_EXISTS', {
        tables: other.length > 0 ? other : tables,
        differences: found,
        unclear,
        mixed: joined,
        makers,
      });
    }
    return await withReadOnly(session, () =>
      createAdoption(session, prepared, options, { watched, comparison, adopted }),
    );
  };
}

/** What is adopted by these statements, with what is to be told about it. Call it in a transaction that only reads. */
export async function createAdoption(
  session: Session,
  prepared: Prepared,
  options: Options,
  {
    watched,
    comparison,
    adopted,
  }: { readonly watched: Watched; readonly comparison: Comparison; readonly adopted: readonly number[] },
): Promise<Adoption> {
  const { standings, statements } = comparison;
  const creates = new Set(adopted.flatMap((ordinal) => statements[ordinal]!.effect?.creates ?? []));
  const names = watched.observation.tables
    .filter(({ object }) => creates.has(object) && standings.get(object) === 'equal')
    .map(({ schema, name }) => `${schema}.${name}`);
  const makers = await readMakers(session, options.ledger, options.history, names);
  return {
    tables: names,
    steps: adopted.map((ordinal) => createStepOf(prepared, watched, comparison, ordinal)),
    findings: [
      ...(await readRowFindings(session, prepared, watched, comparison, adopted)),
      ...makers.map(
        (args): Finding => ({ code: 'ADOPTED_FROM_HISTORY', severity: 'warning', args: { ...args } }),
      ),
    ],
  };
}

/** The statements that can be adopted with these objects; those about missing roles are still to run. */
export function getAdopted(
  { observation, slice }: Watched,
  { statements, applied, roleless }: Comparison,
  equal: ReadonlySet<ObjectRef>,
  present: ReadonlySet<ObjectRef> = new Set(),
): ReturnType<typeof getAdoptedStatements> {
  const done = new Set([...applied, ...roleless]);
  return getAdoptedStatements({ observation, statements, slice, applied: done, equal, present });
}

/** What is equal, and what an equal table stands on of which the catalogue tells nothing. */
export function getEqual(
  { observation, slicer }: Watched,
  standings: Comparison['standings'],
): ReadonlySet<ObjectRef> {
  const isEqual = (ref: ObjectRef): boolean => standings.get(ref) === 'equal';
  const tables = observation.tables
    .filter(({ object }) => isEqual(object))
    .map(({ schema, name }) => `${schema}.${name}`);
  const stands =
    tables.length === 0
      ? new Set<ObjectRef>()
      : slicer.getSlice({ tables, alone: true, declared: [] }).objects;
  return new Set(
    [...standings.keys()].filter(
      (ref) => isEqual(ref) || (standings.get(ref) === 'unknown' && stands.has(ref)),
    ),
  );
}

/** Tables by their names (`schema.name`). */
export function getTableRefs(
  { observation }: Watched,
  names: readonly string[],
): ReadonlyMap<string, ObjectRef> {
  const refs = new Map<string, ObjectRef>(
    observation.tables.map(({ schema, name, object }) => [`${schema}.${name}`, object]),
  );
  return new Map(names.flatMap((name) => (refs.has(name) ? [[name, refs.get(name)!] as const] : [])));
}

function createStepOf(
  { history }: Prepared,
  { slice }: Watched,
  { statements }: Comparison,
  ordinal: number,
): Step {
  const statement = statements[ordinal]!;
  const reason = slice.kept.get(ordinal) ?? { why: 'wanted', chain: [] };
  return createStep(statement, history.migrations[statement.migration]!, reason);
}

/** The tables that are different themselves, and those that stand on what is different and no table. */
export function getDifferent(
  { observation, slicer }: Watched,
  tables: ReadonlyMap<string, ObjectRef>,
  different: readonly ObjectRef[],
): readonly string[] {
  const own = new Set(different);
  const others = [...own].filter((ref) => observation.objects[ref]!.type !== 'table');
  return [...tables].flatMap(([name, ref]) => {
    const stands =
      others.length === 0
        ? new Set<ObjectRef>()
        : slicer.getSlice({ tables: [name], alone: true, declared: [] }).objects;
    return own.has(ref) || others.some((other) => stands.has(other)) ? [name] : [];
  });
}

const DATA: ReadonlySet<string> = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'CopyStmt',
  'MergeStmt',
]);

/**
 * Rows are their users', and no catalogue tells whether the history put them there: its own are neither compared nor put
 * in again. A table that it fills and that is empty is a warning.
 */
async function readRowFindings(
  session: Session,
  { history }: Prepared,
  { observation }: Watched,
  { statements, standings }: Comparison,
  adopted: readonly number[],
): Promise<readonly Finding[]> {
  const places = new Map<ObjectRef, string[]>();
  for (const ordinal of adopted) {
    const { kind, effect, file, line, migration } = statements[ordinal]!;
    if (!DATA.has(kind) || effect?.idle === true) continue;
    const place = renderPlace({ migrationName: history.migrations[migration]!.name, file, line });
    for (const object of effect?.writes ?? []) {
      if (observation.objects[object]!.type !== 'table' || standings.get(object) !== 'equal') continue;
      places.set(object, [...(places.get(object) ?? []), place]);
    }
  }
  const findings: Finding[] = [];
  for (const [object, own] of places) {
    const { identity: table } = observation.objects[object]!;
    const empty = await isEmptyOrMissing(session, table);
    const args = { table, places: own, empty };
    findings.push({ code: 'ROWS_NOT_COMPARED', severity: empty ? 'warning' : 'info', args });
  }
  return findings;
}
