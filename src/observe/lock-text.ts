import type {
  ConditionalNeed,
  KeptFacts,
  KeptObject,
  KeptPartitions,
  Observation,
  ObservedStatement,
  ObservedTable,
} from '../model/observation.js';
import type { TableProof } from '../model/proof.js';
import { readEffect, type WrittenEffect, writeEffect } from './lock-effect.js';
import { parseOrdinals, renderOrdinals } from './ordinals.js';

/** `[migration, kind, start, end, line, column, digest, effect, rest]`: names would be most of the file. */
type WrittenStatement = readonly [
  migration: number,
  kind: string,
  start: number,
  end: number,
  line: number,
  column: number,
  digest: string,
  effect: WrittenEffect,
  rest?: Pick<ObservedStatement, 'rows' | 'file'>,
];

/** An observation as a lock file has it. */
export type WrittenObservation = Omit<Observation, 'statements' | 'tables'> & {
  /** Each need once; statements of one table repeat them. */
  readonly conditional: readonly ConditionalNeed[];
  readonly statements: readonly WrittenStatement[];
  readonly tables: readonly WrittenTable[];
};

/** A table with the ordinals of its slice as ranges: `0-3,7`. */
type WrittenTable = Omit<ObservedTable, 'proof'> &
  Partial<Pick<TableProof, 'standing' | 'why'>> & { readonly statements?: string; readonly order?: string };

/** An observation with one line a statement, an object and a fact, so that a pull request shows what changed. */
export function renderObservation(observation: Observation): string {
  const {
    statements,
    objects,
    tables,
    late,
    facts,
    enlarged = [],
    steps = [],
    migrations,
    ...head
  } = observation;
  const conditional = new Map<string, number>();
  const getNumber = (need: ConditionalNeed): number => {
    const key = JSON.stringify(need);
    const known = conditional.get(key) ?? conditional.size;
    conditional.set(key, known);
    return known;
  };
  const lines = statements.map((statement) => JSON.stringify(writeStatement(statement, getNumber)));
  const fields = [
    ...Object.entries(head).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`),
    ...(migrations === undefined ? [] : [`"migrations": ${renderLines(migrations)}`]),
    ...(steps.length === 0 ? [] : [`"steps": ${renderLines(steps)}`]),
    `"tables": ${renderLines(tables.map(writeTable))}`,
    ...(enlarged.length === 0 ? [] : [`"enlarged": ${renderLines(enlarged)}`]),
    `"objects": ${renderLines(objects)}`,
    `"conditional": ${renderList([...conditional.keys()])}`,
    `"statements": ${renderList(lines)}`,
    `"late": ${renderLines(late)}`,
    `"facts": ${renderList(facts.map(renderObject))}`,
  ];
  return `{\n${fields.join(',\n')}\n}`;
}

/** What `renderObservation` wrote, parsed from JSON. */
export function parseObservation({ conditional, ...written }: WrittenObservation): Observation {
  return {
    ...written,
    tables: written.tables.map(readTable),
    statements: written.statements.map((line) => readStatement(line, conditional)),
  };
}

function writeTable({ proof, ...table }: ObservedTable): WrittenTable {
  if (proof === undefined) return table;
  const { standing, statements, order, why } = proof;
  return {
    ...table,
    standing,
    statements: renderOrdinals(statements),
    ...(order.length === 0 ? {} : { order: renderOrdinals(order) }),
    ...(why === undefined ? {} : { why }),
  };
}

function readTable({ standing, statements = '', order = '', why, ...table }: WrittenTable): ObservedTable {
  if (standing === undefined) return table;
  const proof: TableProof = {
    standing,
    statements: parseOrdinals(statements),
    order: parseOrdinals(order),
    ...(why === undefined ? {} : { why }),
  };
  return { ...table, proof };
}

function writeStatement(
  statement: ObservedStatement,
  getNumber: (need: ConditionalNeed) => number,
): WrittenStatement {
  const { migration, kind, start, end, line, column, digest, effect, ...rest } = statement;
  const written = [
    migration,
    kind,
    start,
    end,
    line,
    column,
    digest,
    writeEffect(effect, getNumber),
  ] as const;
  return Object.values(rest).every((value) => value === undefined) ? written : [...written, rest];
}

function readStatement(
  [migration, kind, start, end, line, column, digest, effect, rest]: WrittenStatement,
  conditional: readonly ConditionalNeed[],
): ObservedStatement {
  return {
    migration,
    kind,
    start,
    end,
    ...rest,
    line,
    column,
    digest,
    effect: readEffect(effect, conditional),
  };
}

const renderLines = (items: readonly unknown[]): string =>
  renderList(items.map((item) => JSON.stringify(item)));

function renderList(items: readonly string[]): string {
  return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n]`;
}

function renderObject({ facts, partitions, ...head }: KeptObject): string {
  const groups = partitions === undefined ? '' : `,"partitions":${renderList(partitions.map(renderGroup))}`;
  return `${JSON.stringify(head).slice(0, -1)},"facts":${renderFacts(facts)}${groups}}`;
}

function renderGroup({ facts, tables, ...head }: KeptPartitions): string {
  const fields = Object.entries(head).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  );
  if (facts !== undefined) fields.push(`"facts":${renderFacts(facts)}`);
  return `{${[...fields, `"tables":${renderLines(tables)}`].join(',')}}`;
}

function renderFacts(facts: KeptFacts): string {
  const kinds = Object.entries(facts).map(([kind, entries]) => {
    const value = typeof entries === 'string' ? JSON.stringify(entries) : renderLines(entries);
    return `${JSON.stringify(kind)}:${value}`;
  });
  return `{${kinds.join(',\n')}}`;
}
