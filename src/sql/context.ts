/** One level of calls that an error came through, as PostgreSQL's context (CONTEXT, `where`) tells it; innermost first. */
export interface ContextFrame {
  readonly language: 'plpgsql' | 'sql';
  /** `touch`, `app.touch(integer,text[])`: as PostgreSQL says it; null for a DO block. */
  readonly routine: RoutineName | null;
  /** PL/pgSQL: the 1-based line of the body, where line 1 holds the opening quote. */
  readonly line: number | null;
  /** SQL: the 1-based statement of the body. */
  readonly statement: number | null;
  /** The SQL of the body that was running, where PostgreSQL tells it. */
  readonly query: string | null;
}

/** A function or procedure; `types` is null where the context leaves them out. */
export interface RoutineName {
  readonly schema: string | null;
  readonly name: string;
  readonly types: readonly string[] | null;
}

const NAME = String.raw`(?:"(?:[^"]|"")+"|[^\s"'().,/\u00ab\u00bb]+)`;
// Only the names and numbers of a frame are looked at, as the words around them may be translated (lc_messages).
const PLPGSQL = new RegExp(
  String.raw`^[^"(]*PL/pgSQL[^"(]*?(?:\binline_code_block\b|((?:${NAME}\.)?${NAME})\((.*?)\)(?=\D|$))(?:\D*?(\d+))?`,
);
const COMPILATION = /^compilation of PL\/pgSQL function "(.*)" near line (\d+)$/;
const SQL_FUNCTION = /^SQL function "(.*)" (?:statement (\d+)|during (?:startup|inlining))$/;
const QUOTED = /^(?:SQL statement|SQL expression|PL\/pgSQL assignment|PL\/pgSQL expression) "([\s\S]*)"$/;

/**
 * Reads the context of an error; lines that it does not know are passed over.
 * https://www.postgresql.org/docs/current/plpgsql-errors-and-messages.html
 */
export function parseContext(where: string): readonly ContextFrame[] {
  const frames: ContextFrame[] = [];
  let before: string[] = [];
  for (const line of where.split('\n')) {
    const frame = parseFrame(line, before.join('\n'));
    if (frame === null) before.push(line);
    else {
      frames.push(frame);
      before = [];
    }
  }
  return frames;
}

function parseFrame(line: string, before: string): ContextFrame | null {
  const sql = SQL_FUNCTION.exec(line);
  if (sql !== null) {
    const routine = { schema: null, name: sql[1]!, types: null };
    return { language: 'sql', routine, line: null, statement: parseNumber(sql[2]), query: null };
  }
  const plpgsql = { language: 'plpgsql', statement: null } as const;
  const compilation = COMPILATION.exec(line);
  if (compilation !== null) {
    const routine = { schema: null, name: compilation[1]!, types: null };
    return { ...plpgsql, routine, line: parseNumber(compilation[2]), query: null };
  }
  if (/^PL\/pgSQL (?:assignment|expression) "/.test(line)) return null;
  const match = PLPGSQL.exec(line);
  if (match === null) return null;
  const query = QUOTED.exec(before)?.[1] ?? null;
  const routine = match[1] === undefined ? null : parseRoutine(match[1], match[2] ?? '');
  return { ...plpgsql, routine, line: parseNumber(match[3]), query };
}

const parseNumber = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

function parseRoutine(qualified: string, types: string): RoutineName {
  const parts = [...qualified.matchAll(new RegExp(NAME, 'g'))].map(([part]) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part,
  );
  return {
    schema: parts.length > 1 ? parts[0]! : null,
    name: parts.at(-1)!,
    types: types === '' ? [] : splitTypes(types),
  };
}

// `integer,numeric(10,2)` never comes: PostgreSQL prints argument types without modifiers; quoted names may hold commas.
function splitTypes(types: string): readonly string[] {
  return types.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((type) => type.trim());
}
