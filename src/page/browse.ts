import type { ObjectRef } from '../model/observation.js';
import type { Report, ReportStatement, ReportTable } from '../model/report.js';
import type { Reason } from '../model/slice.js';
import { getClosure } from '../slice/closure.js';
import { type Foundation, getFoundations } from '../slice/foundations.js';
import { createGraph } from '../slice/graph.js';
import { getObjectName } from '../slice/reasons.js';
import { createUniverse, getLeftObjects } from '../slice/universe.js';

/** What some tables need. Of no tables: the whole history. */
export interface Choice {
  readonly isWhole: boolean;
  readonly kept: ReadonlyMap<number, Reason>;
  /** Tables of it, the chosen ones too, by their names. */
  readonly tables: ReadonlySet<string>;
  /** Ordinals that are left out. */
  readonly leftOut: readonly number[];
  /** Characters of SQL. */
  readonly size: number;
  /** How many migrations it has statements of. */
  readonly migrations: number;
}

/** What leads from a table to another, or to it. */
export interface Link {
  readonly table: string;
  readonly via: readonly string[];
}

/** Answers what the page asks of a report. */
export interface Browser {
  readonly report: Report;
  readonly tables: ReadonlyMap<string, ReportTable>;
  /** What each table stands on directly. */
  readonly foundations: ReadonlyMap<string, readonly Link[]>;
  /** What stands on each table directly. */
  readonly dependents: ReadonlyMap<string, readonly Link[]>;
  /** The services that use a table, by its ledger. */
  getServices(table: string): readonly string[];
  getChoice(names: readonly string[], alone: boolean): Choice;
  /** What a statement wrote or, where it wrote nothing, would have changed. */
  getSubjects(statement: ReportStatement): readonly string[];
  /** Tables that are reached from these by `foundations` or `dependents`. */
  getReached(names: readonly string[], links: 'foundations' | 'dependents'): ReadonlySet<string>;
}

/** Prepares a report: the room of slices computes in the page what it computes for `plan`. */
export function createBrowser(report: Report): Browser {
  const { history, usage } = report;
  const graph = createGraph(history);
  const tables = new Map(history.tables.map((table) => [table.name, table]));
  const names = new Map<ObjectRef, string>(history.tables.map(({ object, name }) => [object, name]));
  const found = getFoundations(graph, new Set(names.keys()));
  const foundations = new Map(
    history.tables.map(({ name, object }) => [name, toLinks(found.get(object)!, names)]),
  );
  const dependents = new Map(history.tables.map(({ name }): [string, Link[]] => [name, []]));
  for (const [name, links] of foundations) {
    for (const { table, via } of links) dependents.get(table)!.push({ table: name, via });
  }
  const links = { foundations, dependents };
  const getSubject = (object: ObjectRef): string => {
    const name = names.get(object);
    if (name !== undefined) return getShortName(name);
    return getObjectName(history, object) + (history.objects[object]!.gone === true ? ' (gone)' : '');
  };
  const services = new Map<string, string[]>();
  for (const service of usage?.services ?? []) {
    for (const table of service.tables) services.set(table, [...(services.get(table) ?? []), service.name]);
  }
  const universe = createUniverse(graph, getLeftObjects(history));
  const known = new Map<string, Choice>();

  const choose = (chosen: readonly string[], alone: boolean): Choice => {
    const isWhole = chosen.length === 0;
    const objects = chosen.flatMap((name) => tables.get(name)?.object ?? []);
    const closure = getClosure(graph, { tables: objects, universe: alone ? null : universe });
    const all = history.statements.map((_, ordinal) => ordinal);
    const kept = isWhole
      ? new Map(all.map((ordinal): [number, Reason] => [ordinal, { why: 'all', chain: [] }]))
      : closure.getReasons();
    const ordinals = [...kept.keys()];
    return {
      isWhole,
      kept,
      tables: new Set(
        isWhole ? tables.keys() : [...closure.objects].flatMap((object) => names.get(object) ?? []),
      ),
      leftOut: all.filter((ordinal) => !kept.has(ordinal)),
      size: ordinals.reduce((sum, ordinal) => sum + history.statements[ordinal]!.size, 0),
      migrations: new Set(ordinals.map((ordinal) => history.statements[ordinal]!.migration)).size,
    };
  };

  return {
    report,
    tables,
    foundations,
    dependents,
    getServices: (table) => services.get(table) ?? [],
    getChoice: (chosen, alone) => {
      const key = JSON.stringify([alone, ...chosen]);
      const choice = known.get(key) ?? choose(chosen, alone);
      known.set(key, choice);
      return choice;
    },
    getSubjects: ({ effect }) => {
      const subjects = effect.writes.length > 0 ? effect.writes : (effect.targets ?? effect.needs);
      return [...new Set(subjects.map((object) => getSubject(object)))];
    },
    getReached: (from, way) => {
      const reached = new Set(from);
      for (const name of reached) for (const { table } of links[way].get(name) ?? []) reached.add(table);
      return reached;
    },
  };
}

function toLinks(foundations: readonly Foundation[], names: ReadonlyMap<ObjectRef, string>): readonly Link[] {
  return foundations
    .map(({ on, via }) => ({ table: names.get(on)!, via }))
    .sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** A table's name as the page writes it: without `public`. */
export function getShortName(name: string): string {
  return name.startsWith('public.') ? name.slice('public.'.length) : name;
}
