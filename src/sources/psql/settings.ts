import type { PsqlAction } from './commands.js';
import type { PsqlDraft, PsqlPlace } from './script.js';
import { parsePsqlBoolean } from './variables.js';

// To set one of these without a value is to switch it on; to unset it, to switch it off.
const SWITCHES = new Set([
  'AUTOCOMMIT',
  'ON_ERROR_STOP',
  'ON_ERROR_ROLLBACK',
  'QUIET',
  'SINGLELINE',
  'SINGLESTEP',
]);

/** Carries out a command that only sets something; tells what is wrong, or null. */
export function runSetting(
  draft: PsqlDraft,
  place: PsqlPlace,
  action: PsqlAction,
  name: string,
  [first, ...rest]: readonly string[],
): string | null {
  const { variables } = draft;
  if (action.does === 'encoding') {
    const isOther = first !== undefined && !/^(?:utf-?8|unicode)$/i.test(first);
    return isOther ? `\\encoding ${first}: Plinth reads UTF-8` : null;
  }
  if (first === undefined) return null;
  if (action.does === 'ask') {
    const asked = action.argument === 'last' ? (rest.at(-1) ?? first) : first;
    if (variables.get(asked) === undefined) draft.addMissing(asked, place);
  } else if (action.does === 'unset') {
    if (SWITCHES.has(first)) variables.set(first, 'off');
    else variables.unset(first);
  } else if (action.does === 'set') {
    const value = rest.join('');
    variables.set(first, value === '' && SWITCHES.has(first) ? 'on' : value);
  }
  if (first === 'AUTOCOMMIT' && parsePsqlBoolean(variables.get(first) ?? '') !== true) {
    return `\\${name} AUTOCOMMIT off leaves open what is committed`;
  }
  if (first === 'SINGLELINE' && parsePsqlBoolean(variables.get(first) ?? '') === true) {
    return `\\${name} SINGLELINE ends a statement with its line`;
  }
  return null;
}
