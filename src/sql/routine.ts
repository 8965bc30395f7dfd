import { getFunctionBody } from './bodies.js';
import type { RoutineName } from './context.js';
import { createPositions } from './position.js';
import type { ParsedStatement } from './statements.js';
import { getChild, getList, getNames, getString } from './tree.js';

/** The text of a body as PostgreSQL keeps it, and the way back into its statement. */
export interface BodySpan {
  readonly text: string;
  /** The offset in the statement's `sql` of an offset in `text`. */
  getOffset(offset: number): number;
}

/** The body of a DO, CREATE FUNCTION or CREATE PROCEDURE; null where it has none, or one with backslash escapes. */
export function getBodySpan(statement: ParsedStatement): BodySpan | null {
  const { kind, node, sql } = statement;
  if (kind !== 'DoStmt' && kind !== 'CreateFunctionStmt') return null;
  const { tokens } = statement;
  const source = kind === 'DoStmt' ? getDoSource(node) : getFunctionBody(node).source;
  const token = tokens.find(({ text }) => getLiteralValue(text) === source);
  if (token === undefined || source === '') return null;
  const start = createPositions(sql).getOffsetOfByte(token.start - tokens[0]!.start);
  if (token.text.startsWith('$')) {
    const inner = start + token.text.indexOf('$', 1) + 1;
    return { text: source, getOffset: (offset) => inner + offset };
  }
  return {
    text: source,
    // Each quote before it stands twice in the file.
    getOffset: (offset) => start + 1 + offset + source.slice(0, offset).split("'").length - 1,
  };
}

function getDoSource(node: ParsedStatement['node']): string {
  for (const option of getList(node, 'args').map((argument) => getChild(argument, 'DefElem'))) {
    if (option['defname'] === 'as') return getString(getChild(getChild(option, 'arg'), 'String'), 'sval');
  }
  return '';
}

function getLiteralValue(token: string): string | null {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  const tag = /^\$[^$]*\$/.exec(token)?.[0];
  return tag === undefined ? null : token.slice(tag.length, -tag.length);
}

/** The statement that made a routine as it was when the statement `until` ran; null where none of the history did. */
export function findRoutine(
  statements: readonly ParsedStatement[],
  wanted: RoutineName,
  until: number,
): ParsedStatement | null {
  const named = statements.filter((statement) => {
    if (statement.kind !== 'CreateFunctionStmt' || statement.ordinal > until) return false;
    const [name, schema] = getNames(statement.node['funcname']).reverse();
    return name === wanted.name && (schema === undefined || (wanted.schema ?? schema) === schema);
  });
  const { types } = wanted;
  if (types === null) return named.at(-1) ?? null;
  const fitting = named.filter((statement) => getParameterTypes(statement).length === types.length);
  const exact = fitting.filter((statement) =>
    getParameterTypes(statement).every((type, at) => isSameType(type, types[at]!)),
  );
  return exact.at(-1) ?? (fitting.length === 1 ? fitting[0]! : null);
}

const INPUT_MODES = new Set([
  'FUNC_PARAM_IN',
  'FUNC_PARAM_INOUT',
  'FUNC_PARAM_VARIADIC',
  'FUNC_PARAM_DEFAULT',
]);

function getParameterTypes({ node }: ParsedStatement): readonly string[] {
  return getList(node, 'parameters')
    .map((parameter) => getChild(parameter, 'FunctionParameter'))
    .filter((parameter) => INPUT_MODES.has(String(parameter['mode'])))
    .map((parameter) => {
      const type = getChild(parameter, 'argType');
      const name = getNames(type['names']).at(-1) ?? '';
      return `${SQL_NAMES[name] ?? name}${getList(type, 'arrayBounds').length > 0 ? '[]' : ''}`;
    });
}

// What PostgreSQL calls the types that its grammar turns into internal names.
const SQL_NAMES: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  varchar: 'character varying',
  bpchar: 'character',
  varbit: 'bit varying',
  time: 'time without time zone',
  timetz: 'time with time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
};

// PostgreSQL qualifies a type that the search path does not find.
function isSameType(own: string, told: string): boolean {
  return told === own || told.replaceAll('"', '').endsWith(`.${own}`) || told.replaceAll('"', '') === own;
}
