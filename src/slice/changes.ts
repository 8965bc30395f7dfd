import { diffArrays } from 'diff';
import type { Observation } from '../model/observation.js';
import type { Standing } from '../model/proof.js';
import type { StatementChange, TableChange } from '../model/report.js';
import { getClosure } from './closure.js';
import { createGraph } from './graph.js';
import { getObjectName } from './reasons.js';

/** The statements that were added, changed or removed between two observations, in the order of the history. */
export function getStatementChanges(before: Observation, now: Observation): readonly StatementChange[] {
  const changes: StatementChange[] = [];
  let [earlier, later] = [0, 0];
  let removed: number[] = [];
  const takeRemoved = (): void => {
    for (const ordinal of removed)
      changes.push({ change: 'removed', now: null, before: getEarlier(before, ordinal) });
    removed = [];
  };
  const digests = [before, now].map(({ statements }) => statements.map(({ digest }) => digest));
  for (const part of diffArrays(digests[0]!, digests[1]!)) {
    const ordinals = part.value.map((_, index) => index + (part.added ? later : earlier));
    if (part.removed) {
      takeRemoved();
      removed = ordinals;
    } else if (part.added) {
      for (const ordinal of ordinals) {
        // What stands where something of its kind stood is taken for that, written anew.
        const same = removed.findIndex(
          (index) => before.statements[index]!.kind === now.statements[ordinal]!.kind,
        );
        const [replaced] = same < 0 ? [] : removed.splice(same, 1);
        changes.push(
          replaced === undefined
            ? { change: 'added', now: ordinal, before: null }
            : { change: 'changed', now: ordinal, before: getEarlier(before, replaced) },
        );
      }
    } else takeRemoved();
    if (!part.added) earlier += part.count;
    if (!part.removed) later += part.count;
  }
  takeRemoved();
  return changes;
}

function getEarlier({ statements, objects }: Observation, ordinal: number): StatementChange['before'] {
  const { kind, line, effect } = statements[ordinal]!;
  return { kind, line, writes: effect.writes.map((object) => getObjectName({ objects }, object)) };
}

/** The tables that were added or removed, and those whose slice on a database of their own, or its proof, is another one; by name. */
export function getTableChanges(before: Observation, now: Observation): readonly TableChange[] {
  const [earlier, later] = [getSlices(before), getSlices(now)];
  // Where one of them was not proved at all, that is nothing that changed of a table.
  const isProved = [before, now].every(({ tables }) => tables.some((table) => table.proof !== undefined));
  const names = [...new Set([...earlier.keys(), ...later.keys()])].sort();
  return names.flatMap((name): TableChange[] => {
    const [old, own] = [earlier.get(name), later.get(name)];
    const proof = isProved
      ? { before: getStanding(before, name), now: getStanding(now, name) }
      : { before: null, now: null };
    const sizes = { before: old?.length ?? null, now: own?.length ?? null, proof };
    if (own === undefined) return [{ name, change: 'removed', ...sizes, gained: [], lost: old!.length }];
    const known = getCounts(before, old ?? []);
    const gained = own.filter((ordinal) => {
      const { digest } = now.statements[ordinal]!;
      const left = known.get(digest) ?? 0;
      if (left > 0) known.set(digest, left - 1);
      return left === 0;
    });
    const lost = [...known.values()].reduce((sum, count) => sum + count, 0);
    if (old === undefined) return [{ name, change: 'added', ...sizes, gained, lost }];
    const isSame = gained.length === 0 && lost === 0 && proof.before === proof.now;
    return isSame ? [] : [{ name, change: 'changed', ...sizes, gained, lost }];
  });
}

function getStanding({ tables }: Observation, name: string): Standing | null {
  return tables.find((table) => `${table.schema}.${table.name}` === name)?.proof?.standing ?? null;
}

function getSlices(observation: Observation): ReadonlyMap<string, readonly number[]> {
  const graph = createGraph(observation);
  return new Map(
    observation.tables.map(({ schema, name, object }) => {
      const { kept } = getClosure(graph, { tables: [object], universe: null });
      return [`${schema}.${name}`, [...kept].sort((a, b) => a - b)];
    }),
  );
}

function getCounts({ statements }: Observation, ordinals: readonly number[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const ordinal of ordinals) {
    const { digest } = statements[ordinal]!;
    counts.set(digest, (counts.get(digest) ?? 0) + 1);
  }
  return counts;
}
