import { loadModule, parsePlPgSQLSync, parseSync, scanSync } from 'libpg-query';

/** A node of libpg-query's parse tree, as plain JSON. */
export type TreeNode = { readonly [key: string]: unknown };

export interface RawStatement {
  /** The node's name, e.g. `CreateStmt`. */
  readonly kind: string;
  /** What stands below that name. */
  readonly node: TreeNode;
  /** Byte offsets `[start, end)` in the parsed text. */
  readonly start: number;
  readonly end: number;
}

export interface ScanToken {
  /** Byte offsets `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly name: string;
  readonly keyword: boolean;
}

export type ParseOutcome =
  | { readonly statements: readonly RawStatement[]; readonly error: null }
  | { readonly statements: null; readonly error: { readonly message: string; readonly character: number } };

/** Loads PostgreSQL's own parser (WebAssembly, about 20 ms); every other function of this module needs it. */
export async function loadParser(): Promise<void> {
  await loadModule();
}

/** Parses a text with PostgreSQL's grammar; an error's `character` is a 0-based count of code points. */
export function parseSql(text: string): ParseOutcome {
  // libpg-query takes no text without any character.
  if (text === '') return { statements: [], error: null };
  const bytes = Buffer.byteLength(text);
  try {
    const tree = parseSync(text) as {
      stmts?: readonly { stmt?: TreeNode; stmt_location?: number; stmt_len?: number }[];
    };
    const statements = (tree.stmts ?? []).flatMap((raw): RawStatement[] => {
      const kind = Object.keys(raw.stmt ?? {})[0];
      if (kind === undefined) return [];
      const start = raw.stmt_location ?? 0;
      const end = raw.stmt_len === undefined || raw.stmt_len === 0 ? bytes : start + raw.stmt_len;
      return [{ kind, node: raw.stmt![kind] as TreeNode, start, end }];
    });
    return { statements, error: null };
  } catch (error) {
    const details = (error as { sqlDetails?: { message: string; cursorPosition: number } }).sqlDetails;
    const message = details?.message ?? (error as Error).message;
    return { statements: null, error: { message, character: Math.max(0, details?.cursorPosition ?? 0) } };
  }
}

/** Cuts a text into PostgreSQL's lexical tokens, comments included. */
export function scanSql(text: string): readonly ScanToken[] {
  return scanSync(text).tokens.map((token) => ({
    start: token.start,
    end: token.end,
    text: token.text,
    name: token.tokenName,
    keyword: token.keywordKind > 0,
  }));
}

/** The parse tree of a PL/pgSQL function or DO statement; null where its body is not PL/pgSQL that parses. */
export function parsePlpgsql(statement: string): TreeNode | null {
  try {
    return parsePlPgSQLSync(statement) as unknown as TreeNode;
  } catch {
    return null;
  }
}
