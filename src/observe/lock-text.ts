import type {
  ConditionalNeed,
  Effect,
  KeptFacts,
  KeptObject,
  KeptPartitions,
  Observation,
  ObservedStatement,
} from '../model/observation.js';

/** `[migration, kind, start, end, line, column, digest, effect, rest]`: names would be most of the file. */
type WrittenStatement = readonly [
  migration: number,
  kind: string,
  start: number,
  end: number,
  line: number,
  column: number,
  digest: string,
  /** Without what is empty; `conditional` counts in the list of all. */
  effect: Partial<Omit<Effect, 'conditional'>> & { readonly conditional?: readonly number[] },
  rest?: Pick<ObservedStatement, 'rows' | 'file'>,
];

/** An observation as a lock file has it. */
export type WrittenObservation = Omit<Observation, 'statements'> & {
  /** Each need once; statements of one table repeat them. */
  readonly conditional: readonly ConditionalNeed[];
  readonly statements: readonly WrittenStatement[];
};

/** An observation with one line a statement, an object and a fact, so that a pull request shows what changed. */
export function renderObservation(observation: Observation): string {
  const { statements, objects, tables, late, facts, ...head } = observation;
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
    `"tables": ${renderLines(tables)}`,
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
  return { ...written, statements: written.statements.map((line) => readStatement(line, conditional)) };
}

// Lists that every effect has.
const ALWAYS: ReadonlySet<string> = new Set(['writes', 'needs', 'conditional', 'parts', 'creates']);

function writeStatement(
  statement: ObservedStatement,
  getNumber: (need: ConditionalNeed) => number,
): WrittenStatement {
  const { migration, kind, start, end, line, column, digest, effect, ...rest } = statement;
  const counted = { ...effect, conditional: effect.conditional.map(getNumber) };
  const full = Object.entries(counted).filter(([key, value]) => !ALWAYS.has(key) || (value as []).length > 0);
  const written = [migration, kind, start, end, line, column, digest, Object.fromEntries(full)] as const;
  return Object.values(rest).every((value) => value === undefined) ? written : [...written, rest];
}

function readStatement(
  [migration, kind, start, end, line, column, digest, effect, rest]: WrittenStatement,
  conditional: readonly ConditionalNeed[],
): ObservedStatement {
  const needs = (effect.conditional ?? []).map((number) => conditional[number]!);
  const full = { writes: [], needs: [], parts: [], creates: [], ...effect, conditional: needs };
  return { migration, kind, start, end, ...rest, line, column, digest, effect: full };
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
