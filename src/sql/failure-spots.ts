import type { Failure } from '../model/failure.js';
import { getFunctionBody } from './bodies.js';
import { type ContextFrame, parseContext } from './context.js';
import { parseSql, scanSql } from './parser.js';
import { createPositions } from './position.js';
import { type BodySpan, findRoutine, getBodySpan } from './routine.js';
import type { ParsedStatement } from './statements.js';

/** A place in one of the statements. */
export interface FailureSpot {
  readonly statement: ParsedStatement;
  /** A UTF-16 offset in its `sql`. */
  readonly offset: number;
  /** `function touch()`, `DO block`; null for the statement itself. */
  readonly within: string | null;
}

/** The places of a failure. */
export interface FailureSpots {
  /** Innermost first, ending in the statement that was sent. */
  readonly spots: readonly FailureSpot[];
  /** The SQL that was running where it stands in no file: a function put it together. */
  readonly built: { readonly sql: string; readonly offset: number } | null;
}

/**
 * Finds where a statement failed: in itself or, by PostgreSQL's context, in the DO block and the functions that it came
 * through, whichever earlier statement made them. Calls whose text is in no statement are passed over.
 */
export function getFailureSpots(
  statements: readonly ParsedStatement[],
  failed: ParsedStatement,
  failure: Failure,
): FailureSpots {
  const { offset, where, internalQuery, internalPosition } = failure;
  const own: FailureSpot = { statement: failed, offset: offset ?? 0, within: null };
  const inner =
    internalQuery === undefined || internalPosition === undefined
      ? null
      : {
          sql: internalQuery,
          offset: createPositions(internalQuery).getOffsetOfCharacter(Number(internalPosition) - 1),
        };
  const body = inner === null ? null : getBodySpan(failed);
  // PostgreSQL itself finds a body that does not parse in the statement, but not where the text stands in the message twice.
  if (inner !== null && body?.text === inner.sql && where === undefined) {
    return { spots: [{ ...own, offset: body.getOffset(inner.offset) }], built: null };
  }
  // A position in the statement itself says more than the context does.
  if (offset !== null || where === undefined) return { spots: [own], built: inner };
  let built = inner;
  const frames = parseContext(where);
  // Only the outermost DO block can be the statement itself; others were put together by it.
  const block = failed.kind === 'DoStmt' ? frames.findLastIndex((frame) => frame.routine === null) : -1;
  const isRepeated = (frame: ContextFrame, before: ContextFrame | undefined): boolean =>
    frame.line !== null && frame.line === before?.line && renderWithin(frame) === renderWithin(before);
  const spots = frames.flatMap((frame, level) => {
    // A function that calls itself comes once.
    if (isRepeated(frame, frames[level - 1])) return [];
    const made = frame.routine === null ? null : findRoutine(statements, frame.routine, failed.ordinal);
    const statement = level === block ? failed : made;
    if (statement === null) return [];
    const found = getFrameOffset(statement, frame, level === 0 ? inner : null);
    if (level === 0 && found.isExact) built = null;
    return [{ statement, offset: found.offset, within: renderWithin(frame) }];
  });
  return { spots: spots.at(-1)?.statement === failed ? spots : [...spots, own], built };
}

function renderWithin({ routine }: ContextFrame): string {
  if (routine === null) return 'DO block';
  const name = routine.schema === null ? routine.name : `${routine.schema}.${routine.name}`;
  return `function ${name}(${routine.types?.join(', ') ?? ''})`;
}

interface FoundOffset {
  readonly offset: number;
  /** The running SQL itself was found. */
  readonly isExact: boolean;
}

function getFrameOffset(
  statement: ParsedStatement,
  frame: ContextFrame,
  inner: FailureSpots['built'],
): FoundOffset {
  const body = getBodySpan(statement);
  if (frame.language === 'sql') return getSqlOffset(statement, body, frame, inner);
  if (body === null) return { offset: 0, isExact: false };
  if (inner?.sql === body.text) return { offset: body.getOffset(inner.offset), isExact: true };
  const start = getLineStart(body.text, frame.line ?? 1);
  const query = inner ?? (frame.query === null ? null : { sql: frame.query, offset: 0 });
  const found = query === null ? null : findQuery(body.text, start, query);
  if (found !== null) return { offset: body.getOffset(found), isExact: true };
  return { offset: body.getOffset(skipBlanks(body.text, start)), isExact: false };
}

// PERFORM runs as SELECT; before PostgreSQL 14 an expression runs as SELECT, too.
const SPELLINGS: readonly ((sql: string) => string)[] = [
  (sql) => sql,
  (sql) => sql.replace(/^SELECT\b/, 'PERFORM'),
  (sql) => sql.replace(/^SELECT\b/, 'perform'),
  (sql) => sql.replace(/^SELECT\s+/, ''),
];

function findQuery(
  body: string,
  from: number,
  query: { readonly sql: string; readonly offset: number },
): number | null {
  for (const spell of SPELLINGS) {
    const text = spell(query.sql);
    const at = text === '' ? -1 : body.indexOf(text, from);
    if (at >= 0)
      return at + Math.max(0, query.offset + (query.offset === 0 ? 0 : text.length - query.sql.length));
  }
  return null;
}

function getLineStart(text: string, line: number): number {
  let start = 0;
  for (let count = 1; count < line; count += 1) {
    const end = text.indexOf('\n', start);
    if (end < 0) break;
    start = end + 1;
  }
  return start;
}

const skipBlanks = (text: string, from: number): number => {
  const blanks = /^\s*/.exec(text.slice(from))![0].length;
  return from + blanks < text.length ? from + blanks : from;
};

function getSqlOffset(
  statement: ParsedStatement,
  body: BodySpan | null,
  frame: ContextFrame,
  inner: FailureSpots['built'],
): FoundOffset {
  if (body !== null && inner?.sql === body.text)
    return { offset: body.getOffset(inner.offset), isExact: true };
  const starts = body === null ? getAtomicStarts(statement) : getStatementStarts(body.text);
  const wanted = frame.statement ?? (starts.length === 1 ? 1 : null);
  const start = wanted === null ? undefined : starts[wanted - 1];
  if (start === undefined) return { offset: 0, isExact: false };
  return { offset: body === null ? start : body.getOffset(start), isExact: false };
}

/** Where the statements of a text begin, behind blanks and comments. */
function getStatementStarts(text: string): readonly number[] {
  const outcome = parseSql(text);
  if (outcome.error !== null) return [];
  const positions = createPositions(text);
  const tokens = scanSql(text).filter(({ name }) => name !== 'SQL_COMMENT' && name !== 'C_COMMENT');
  return outcome.statements.map(({ start }) =>
    positions.getOffsetOfByte(tokens.find((token) => token.start >= start)?.start ?? start),
  );
}

/** Where the statements between BEGIN ATOMIC and END begin. */
function getAtomicStarts({ node, tokens, sql }: ParsedStatement): readonly number[] {
  if (getFunctionBody(node).source !== '') return [];
  const positions = createPositions(sql);
  const atomic = tokens.findIndex((token) => token.text.toLowerCase() === 'atomic');
  // RETURN expression: one statement.
  const first = atomic >= 0 ? atomic : tokens.findIndex((token) => token.text.toLowerCase() === 'return');
  if (first < 0) return [];
  const starts = tokens.flatMap((token, at) => {
    const isStart = at > first && (at === first + 1 || (atomic >= 0 && tokens[at - 1]!.text === ';'));
    return isStart && !/^end$/i.test(token.text) ? [token] : [];
  });
  return starts.map((token) => positions.getOffsetOfByte(token.start - tokens[0]!.start));
}
