/** What stands between the braces of a mark. */
export type Expression =
  /** `isClear` where no SQL, no array and no JSON reads like this. */
  | { readonly type: 'value'; readonly names: readonly string[]; readonly isClear: boolean }
  | { readonly type: 'comment' }
  | { readonly type: 'control' }
  | { readonly type: 'unknown'; readonly isClear: boolean };

const PATH = /^(\$?\.)?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)$/;
// Go's text/template: `index .Options "Namespace"`; several keys lead deeper.
const INDEX = /^index\s+[$.]\S*(?:\s+["`][^"`]+["`])*\s+["`]([^"`]+)["`]$/;
const CALL = /^(?:env|getenv|var|env_var)\s*\(?\s*["'`]([^"'`]+)["'`]\s*\)?$/;
// https://pkg.go.dev/text/template#hdr-Actions
const CONTROL = /^(?:if|else|end|range|with|define|template|block|break|continue)\b/;

/** Reads what stands between `{{` and `}}`: Go's and Jinja's ways to name a value. */
export function parseExpression(inner: string): Expression {
  const text = inner.replace(/^-\s/, '').replace(/\s-$/, '').trim();
  if (/^\/\*[\s\S]*\*\/$/.test(text)) return { type: 'comment' };
  if (CONTROL.test(text)) return { type: 'control' };
  const key = (INDEX.exec(text) ?? CALL.exec(text))?.[1];
  if (key !== undefined) return { type: 'value', names: [key], isClear: true };
  const path = PATH.exec(text);
  if (path === null) return { type: 'unknown', isClear: /^(?:\$?\.[A-Za-z_]|index\s)/.test(text) };
  // `.Options.Schema` may be given as `Schema` or by its whole path.
  const names = [...new Set([path[2]!.slice(path[2]!.lastIndexOf('.') + 1), path[2]!])];
  return { type: 'value', names, isClear: path[1] !== undefined };
}

/** A shell's way to name a value: `NAME`, `NAME:-default`, `NAME-default`, `NAME:?words`. */
export interface Variable {
  readonly name: string;
  readonly operator: string | null;
  readonly operand: string;
}

/** Reads what stands between `${` and `}`; null where that is nobody's name. */
export function parseVariable(inner: string): Variable | null {
  const match = /^\s*([A-Za-z_][\w.]*)\s*(?:(:-|-|:\?|\?)([\s\S]*))?$/.exec(inner);
  return match === null ? null : { name: match[1]!, operator: match[2] ?? null, operand: match[3] ?? '' };
}

/** What a shell puts in a variable's place; null where there is nothing to put. */
export function getVariableValue(
  { operator, operand }: Pick<Variable, 'operator' | 'operand'>,
  value: string | null,
): string | null {
  if (operator === ':-') return value === null || value === '' ? operand : value;
  return operator === '-' ? (value ?? operand) : value;
}
