import { SERVICE } from '../options.js';
import type { SettingsProblem } from '../report/settings-words.js';
import type { JsonPath } from './json.js';
import { PATTERN_WORDS, type Schema, SETTINGS_SCHEMA } from './schema.js';
import { HISTORY_KEYS, type SettingsFile } from './settings-file.js';

/** A problem of plinth.json and where it is. */
export interface PlacedProblem {
  readonly path: JsonPath;
  readonly problem: SettingsProblem;
}

/** Everything that is wrong with a value that should be settings. */
export function getSettingsProblems(value: unknown): readonly PlacedProblem[] {
  const problems = getProblems(value, SETTINGS_SCHEMA, []);
  return problems.length > 0 ? problems : getContradictions(value as SettingsFile);
}

/** What a schema says against a value; of JSON Schema just what ours has. */
function getProblems(value: unknown, schema: Schema, path: JsonPath): readonly PlacedProblem[] {
  const place = (problem: SettingsProblem): PlacedProblem => ({ path, problem });
  if (schema.enum !== undefined && !schema.enum.some((choice) => choice === value)) {
    return [place({ kind: 'choice', choices: schema.enum, given: value })];
  }
  const types: readonly string[] = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.includes(getType(value))) return [place({ kind: 'type', types })];
  if (typeof value === 'string') return getTextProblems(value, schema).map(place);
  if (Array.isArray(value)) {
    return [
      ...(value.length < (schema.minItems ?? 0) ? [place({ kind: 'empty-list' })] : []),
      ...value.flatMap((item, index) => getProblems(item, schema.items ?? {}, [...path, index])),
    ];
  }
  return typeof value === 'object' && value !== null ? getObjectProblems(value, schema, path) : [];
}

function getObjectProblems(value: object, schema: Schema, path: JsonPath): PlacedProblem[] {
  const { properties = {}, additionalProperties, propertyNames, required = [] } = schema;
  const names = Object.keys(value);
  const isCountWrong =
    names.length < (schema.minProperties ?? 0) || names.length > (schema.maxProperties ?? Infinity);
  const known = Object.keys(properties);
  return [
    ...(isCountWrong ? [{ path, problem: { kind: 'one-of', names: known } as const }] : []),
    ...required
      .filter((name) => !names.includes(name))
      .map((name) => ({ path, problem: { kind: 'missing', name } as const })),
    ...Object.entries(value).flatMap(([name, item]): readonly PlacedProblem[] => {
      const below = [...path, name];
      const inner = Object.hasOwn(properties, name) ? properties[name]! : additionalProperties;
      if (inner === false) return [{ path: below, problem: { kind: 'unknown', name, known } }];
      const isNamed = propertyNames?.pattern === undefined || new RegExp(propertyNames.pattern).test(name);
      return [
        ...(isNamed ? [] : [{ path: below, problem: { kind: 'name', words: SERVICE[1] } as const }]),
        ...getProblems(item, inner ?? {}, below),
      ];
    }),
  ];
}

function getTextProblems(text: string, { pattern, not }: Schema): SettingsProblem[] {
  if (not?.pattern !== undefined && new RegExp(not.pattern).test(text)) return [{ kind: 'password' }];
  if (pattern === undefined || new RegExp(pattern).test(text)) return [];
  return [{ kind: 'shape', words: PATTERN_WORDS.get(pattern)! }];
}

function getType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** What the schema does not say. */
function getContradictions(settings: SettingsFile): PlacedProblem[] {
  const { histories, history, services = {} } = settings;
  const known = histories === undefined ? [history ?? 'main'] : Object.keys(histories);
  const asked = Object.entries(services).map(([name, entry]) => ({
    path: ['services', name, 'history'],
    given: entry.history ?? known[0]!,
  }));
  const beside = histories === undefined ? [] : HISTORY_KEYS.filter((name) => settings[name] !== undefined);
  return [
    ...beside.map((name) => ({ path: [name], problem: { kind: 'two-histories' } as const })),
    ...[...asked, { path: ['history'], given: history ?? known[0]! }]
      .filter(({ given }) => !known.includes(given))
      .map(({ path, given }) => ({ path, problem: { kind: 'unknown-history', given, known } as const })),
  ];
}
