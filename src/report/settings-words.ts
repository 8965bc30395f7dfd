import { renderSuggestion } from './suggestion.js';

/** What can be wrong with a value of plinth.json. */
export type SettingsProblem =
  | { readonly kind: 'type'; readonly types: readonly string[] }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly given: unknown }
  | { readonly kind: 'shape'; readonly words: string }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'name'; readonly words: string }
  | { readonly kind: 'empty-list' }
  | { readonly kind: 'one-of'; readonly names: readonly string[] }
  | { readonly kind: 'password' }
  | { readonly kind: 'unknown-history'; readonly given: string; readonly known: readonly string[] }
  | { readonly kind: 'two-histories' };

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object: { … }',
};

/** What is wrong with the value at `path`, which is empty for the whole file; repeats no value. */
export function renderSettingsProblem(path: string, problem: SettingsProblem): string {
  const at = path === '' ? 'the file' : path;
  switch (problem.kind) {
    case 'type':
      return `${at} must be ${problem.types.map((type) => TYPES[type] ?? type).join(' or ')}`;
    case 'choice': {
      const { choices, given } = problem;
      const suggestion = typeof given === 'string' ? renderSuggestion(given, choices) : '';
      return `${at} must be one of ${choices.join(', ')}${suggestion}`;
    }
    case 'shape':
      return `${at} must be ${problem.words}`;
    case 'missing':
      return `${at} lacks ${problem.name}`;
    case 'unknown':
      return `there is no setting ${path}${renderSuggestion(problem.name, problem.known)}`;
    case 'name':
      return `the name in ${at} must be ${problem.words}`;
    case 'empty-list':
      return `${at} must name one at least`;
    case 'one-of':
      return `${at} must have exactly one of ${problem.names.join(', ')}`;
    case 'password':
      return `${at} holds a password, which does not belong into this file: put it into PGPASSWORD or ~/.pgpass, or the whole URL into PLINTH_URL or DATABASE_URL`;
    case 'unknown-history':
      return `${at} names none of the histories${renderSuggestion(problem.given, problem.known)}`;
    case 'two-histories':
      return `${at} stands beside histories: say it of one of them`;
  }
}

/** What a parser of JSON can stumble over. */
export type JsonFailureCode = keyof typeof JSON_WORDS | 'Unknown';

const JSON_WORDS = {
  CommaTooMany: 'the comma before this is one too many',
  InvalidSymbol: 'this is no JSON; names and texts stand in double quotes',
  InvalidNumberFormat: 'this is no number of JSON',
  PropertyNameExpected: 'a name in double quotes is missing here',
  ValueExpected: 'a value is missing here',
  ColonExpected: 'a colon is missing here',
  CommaExpected: 'a comma is missing before this',
  CloseBraceExpected: 'a closing brace is missing here',
  CloseBracketExpected: 'a closing bracket is missing here',
  EndOfFileExpected: 'the file should end here',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'the text that begins here does not end on its line',
  UnexpectedEndOfNumber: 'the number that begins here does not end',
  InvalidUnicode: 'an escape in this text is no \\u0000',
  InvalidEscapeCharacter: 'an escape in this text is none of JSON (a backslash is written \\\\)',
  InvalidCharacter: 'this text holds a control character (a tab is written \\t)',
} as const;

/** Why a text is not JSON. */
export function renderJsonFailure(code: JsonFailureCode): string {
  return `not JSON: ${(JSON_WORDS as Readonly<Record<string, string>>)[code] ?? 'it cannot be read'}`;
}

/** `services.orders.tables[1]`; a name that is none of a program stands in quotes. */
export function renderPath(path: readonly (string | number)[]): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w$-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** Why plinth.json has no such service, target or history. */
export function renderUnknownChoice(what: string, name: string, known: readonly string[]): string {
  const has = known.length === 0 ? 'none' : known.join(', ');
  return `plinth.json has no ${what} ${name} (it has ${has})${renderSuggestion(name, known)}`;
}

/** Why a target cannot be found by its name. */
export function renderNoSettings(target: string, folder: string): string {
  return `--target ${target} needs a plinth.json, and there is none in ${folder} or above`;
}

interface Invalid {
  readonly file: string;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** Every error of settings. */
export const SETTINGS_ERRORS = {
  SETTINGS_INVALID: ({ file, problems }: Invalid) => ({
    message:
      problems.length === 1
        ? `${file}:${problems[0]!.line}: ${problems[0]!.message}`
        : `${problems.length} settings are not right:\n${problems.map(({ line, message }) => `  ${file}:${line}: ${message}`).join('\n')}`,
    hint: 'docs/settings.md lists what the file may hold; with its $schema an editor does.',
  }),
  SETTINGS_EXIST: ({ path }: { readonly path: string }) => ({
    message: `${path} is there already`,
    hint: 'It was left alone; --force writes over it, --config FILE beside it.',
  }),
};
