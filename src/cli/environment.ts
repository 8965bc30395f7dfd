import { PlinthError } from '../errors.js';
import { type Env, OPTION_NAMES } from '../options.js';
import { getNearest } from '../report/suggestion.js';
import { type CommandName, getRows, OPTION_TABLE } from './option-table.js';
import { getKey, getLongName, getVariable, type OptionRow } from './options/row.js';
import { parseNames, parsePair, type Values } from './values.js';

// What only the library reads, and the clients in other languages.
const OTHER_VARIABLES = ['PLINTH_CACHE_DIR', 'PLINTH_BIN'];

/**
 * The values of a command line, with the variables of the environment where an option is not given.
 *
 * @throws OPTIONS_INVALID with all variables that cannot be read, and those that are near to one.
 */
export function withEnvironment(given: Values, command: CommandName, env: Env): Values {
  const rows = getRows(command);
  const isGiven = (row: OptionRow): boolean => given[getKey(row)] !== undefined;
  const problems = getMisspelt(env);
  const values: Record<string, unknown> = { ...given };
  const names: Record<string, string> = {};
  for (const row of rows.filter(isGiven)) names[getKey(row)] = getLongName(row);
  for (const row of rows) {
    const text = env[getVariable(row)];
    if (text === undefined) continue;
    const isSettled = rows.some((other) => isGiven(other) && (other === row || isAlternative(other, row)));
    if (isSettled) continue;
    const read = readVariable(row, text);
    if (read.problem !== undefined) problems.push(`${getVariable(row)} ${read.problem}`);
    if (read.value === undefined) continue;
    values[getKey(row)] = read.value;
    names[getKey(row)] = getVariable(row);
  }
  if (problems.length > 0) throw new PlinthError('OPTIONS_INVALID', { problems });
  return Object.assign(values, { [OPTION_NAMES]: names });
}

/** True where the flag stands on the command line or its variable says so; for before either is read. */
export function isFlagOn(flag: string, argv: readonly string[], env: Env): boolean {
  const row = OPTION_TABLE.find((item) => getLongName(item) === flag)!;
  const [short] = row.flags.split(', ');
  return argv.includes(flag) || argv.includes(short!) || parseFlag(env[getVariable(row)] ?? '') === true;
}

const isAlternative = (one: OptionRow, other: OptionRow): boolean =>
  one.alternative !== undefined && other.alternative !== undefined && one.alternative !== other.alternative;

interface Read {
  readonly value?: unknown;
  readonly problem?: string;
}

function readVariable(row: OptionRow, text: string): Read {
  if (text.trim() === '') {
    // An unset variable in a script must not choose another target or all tables.
    return row.decides === true ? { problem: 'is empty: give it a value, or unset it' } : {};
  }
  if (row.kind === 'list') return { value: parseNames(text) };
  if (row.kind === 'text') return { value: text };
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (row.kind === 'texts') return { value: lines.length === 1 ? lines[0] : lines };
  if (row.kind === 'pairs') {
    const pairs = lines.map(parsePair);
    return pairs.includes(null) ? { problem: 'must be NAME=VALUE, one a line' } : { value: pairs };
  }
  const flag = parseFlag(text);
  if (flag === null) return { problem: 'must be true, false, 1 or 0' };
  return { value: getLongName(row).startsWith('--no-') ? !flag : flag };
}

function parseFlag(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (word === 'true' || word === '1') return true;
  return word === 'false' || word === '0' ? false : null;
}

// Kubernetes sets these where a service is called plinth.
const OF_KUBERNETES = /^PLINTH_(?:PORT|SERVICE_HOST|SERVICE_PORT)(?:_|$)/;

// Only what is near is meant for us.
function getMisspelt(env: Env): string[] {
  const known = [...OPTION_TABLE.map(getVariable), ...OTHER_VARIABLES];
  return Object.keys(env)
    .filter((name) => name.startsWith('PLINTH_') && !known.includes(name) && !OF_KUBERNETES.test(name))
    .flatMap((name) => {
      const nearest = getNearest(
        name.slice('PLINTH_'.length),
        known.map((item) => item.slice('PLINTH_'.length)),
        2,
      );
      return nearest === null ? [] : [`there is no variable ${name}; did you mean PLINTH_${nearest}?`];
    });
}
