import type { PsqlDraft, PsqlPlace } from './script.js';
import type { PsqlStretches } from './stretches.js';
import { getPsqlToken, type PsqlToken } from './tokens.js';
import { isFromServer, renderVariableLiteral, renderVariableName } from './variables.js';

const ADVICE = 'Write it into the script itself, without a variable.';

/** Takes one token of a file's SQL, with the value of a variable in its place where it has one. */
export function addPsqlToken(
  draft: PsqlDraft,
  stretches: PsqlStretches,
  place: PsqlPlace,
  token: PsqlToken,
): void {
  const source = place.text.slice(token.start, token.end);
  if (token.kind === 'escaped') {
    // `\;` sends what it separates as one message, which matters to nobody but psql.
    stretches.substitute(token.start, token.end, source.slice(1));
    stretches.add(token.kind, source, token.end);
    return;
  }
  const value = getValue(draft, stretches, place, token, []);
  if (value === null) stretches.add(token.name === undefined ? token.kind : 'other', source, token.end);
  else stretches.substitute(token.start, token.end, value);
}

/** What stands for a token, after its own tokens were taken; null where psql leaves it as it is. */
function getValue(
  draft: PsqlDraft,
  stretches: PsqlStretches,
  place: PsqlPlace,
  token: PsqlToken,
  inside: readonly string[],
): string | null {
  const { kind, name } = token;
  if (name === undefined || inside.includes(name)) return null;
  const value = draft.variables.get(name);
  const take = (as: 'word' | 'text', text: string): string => {
    stretches.add(as, text, token.end);
    return text;
  };
  if (kind === 'variable-test') return take('word', value === undefined ? 'FALSE' : 'TRUE');
  if (value === undefined) {
    // `a[1:"n"]` is SQL of its own.
    const isNeeded = kind === 'variable' ? isFromServer(name) : !stretches.statement.isInBrackets;
    if (isNeeded) draft.addMissing(name, place);
    return null;
  }
  if (kind === 'variable-literal') return take('text', renderVariableLiteral(value));
  if (kind === 'variable-name') return take('text', renderVariableName(value));
  return expandValue(draft, stretches, place, token, [...inside, name]);
}

/** psql scans a value as if it stood in the script, other variables in it included. */
function expandValue(
  draft: PsqlDraft,
  stretches: PsqlStretches,
  place: PsqlPlace,
  outer: PsqlToken,
  inside: readonly string[],
): string {
  const value = draft.variables.get(inside.at(-1)!)!;
  const reject = (what: string): void =>
    draft.reject(place, `the value of :${inside.at(-1)} ${what}, which Plinth does not read`, ADVICE);
  let expanded = '';
  for (let at = 0; at < value.length; ) {
    const token = getPsqlToken(value, at);
    const source = value.slice(token.start, token.end);
    at = token.end;
    if (token.kind === 'command' || token.kind === 'escaped') reject('has a backslash in it');
    const isCutOff = token.kind === 'text' && at === value.length && !/['"$]$/.test(source);
    if (isCutOff) reject('leaves a quote open');
    const found = getValue(draft, stretches, place, { ...token, end: outer.end }, inside);
    expanded += found ?? source;
    if (found !== null) continue;
    if (stretches.add(token.name === undefined ? token.kind : 'other', source, outer.end)) {
      reject('ends a statement');
    }
  }
  return expanded;
}
