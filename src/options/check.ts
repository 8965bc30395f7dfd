import { renderSuggestion } from '../report/suggestion.js';

/** Where the caller's options hold the names by which its user knows them, for problems: `--timeout`, a variable. */
export const OPTION_NAMES = Symbol('names of options');

/** What a text must look like, and the words for it. */
export type Shape = readonly [pattern: RegExp, words: string];

/** The given options, of which these may be read. */
export type Check<K extends string> = ReturnType<typeof createCheck<K>>;

/** Reads one option after the other and gathers what is wrong; no problem repeats a value, which may hold a password. */
export function createCheck<K extends string>(raw: unknown, keys: readonly K[]) {
  const problems: string[] = [];
  const isObject = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  if (!isObject) problems.push('the options must be an object');
  const values = (isObject ? raw : {}) as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(values)) {
    if (!(keys as readonly string[]).includes(key))
      problems.push(`unknown option ${key}${renderSuggestion(key, keys)}`);
  }

  const value = (key: K): unknown => values[key] ?? undefined;
  const isGiven = (...keys: K[]): boolean => keys.some((key) => value(key) !== undefined);
  const names = (values as { readonly [OPTION_NAMES]?: Readonly<Record<string, string>> })[OPTION_NAMES];
  const wrong = (key: string, words: string): null => {
    problems.push(`${names?.[key] ?? key} must be ${words}`);
    return null;
  };
  const isText = (item: unknown): item is string => typeof item === 'string' && item.trim() !== '';

  const text = (key: K): string | null => {
    const found = value(key);
    if (found === undefined) return null;
    return isText(found) ? found : wrong(key, 'a text that is not empty');
  };
  /** One text or several. */
  const texts = (key: K): readonly string[] | null => {
    const found = value(key);
    if (!Array.isArray(found)) {
      const only = text(key);
      return only === null ? null : [only];
    }
    if (found.length === 0 || !found.every(isText))
      return wrong(key, 'a text or a list of texts, none empty');
    return Object.freeze([...found]);
  };
  const path = (key: K): string | false | null => (value(key) === false ? false : text(key));
  const flag = (key: K, fallback = false): boolean => {
    const found = value(key) ?? fallback;
    if (typeof found !== 'boolean') wrong(key, 'true or false');
    return found === true;
  };
  const list = (key: K): readonly string[] | null => {
    const found = value(key);
    if (found === undefined) return null;
    if (!Array.isArray(found) || !found.every(isText)) return wrong(key, 'a list of table names');
    return Object.freeze(found.map((item) => item.trim()));
  };
  const record = (key: K): Readonly<Record<string, string>> => {
    const found = value(key) ?? {};
    const isRecord = typeof found === 'object' && !Array.isArray(found);
    if (!isRecord || !Object.values(found).every((item) => typeof item === 'string')) {
      wrong(key, 'an object of texts by name');
      return {};
    }
    return Object.freeze({ ...(found as Record<string, string>) });
  };
  const oneOf = <T extends string>(key: K, allowed: readonly T[]): T | null => {
    const found = value(key);
    if (found === undefined) return null;
    if (allowed.includes(found as T)) return found as T;
    const suggestion = typeof found === 'string' ? renderSuggestion(found, allowed) : '';
    return wrong(key, `one of ${allowed.join(', ')}${suggestion}`);
  };
  /** `fallback` is the environment's; a problem with it names the variable. */
  const matching = (key: K, shape: Shape, fallback?: string, variable?: string) => {
    const found = value(key) ?? fallback;
    if (found === undefined) return null;
    if (typeof found === 'string' && shape[0].test(found)) return found;
    return wrong(value(key) === undefined ? variable! : key, shape[1]);
  };
  const getName = (key: K): string => names?.[key] ?? key;
  return { problems, getName, value, isGiven, wrong, text, texts, path, flag, list, record, oneOf, matching };
}
