import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');
const MAX_LINES = 300;

const EVERY_ROOM = [
  ...['model', 'errors.ts', 'options.ts', 'sources', 'sql', 'slice', 'plan', 'report', 'postgres'],
  ...['cluster', 'diagnose', 'embedded', 'observe', 'apply', 'verify', 'prove', 'settings', 'version.ts'],
  'ledgers',
];

/** Each room, or file beside the rooms, and the rooms that it may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  'version.ts': [],
  'errors.ts': ['model', 'report/error-words.ts'],
  options: ['model', 'report/suggestion.ts'],
  'options.ts': ['model', 'errors.ts', 'options'],
  sources: ['model', 'errors.ts'],
  sql: ['model', 'errors.ts'],
  slice: ['model', 'errors.ts'],
  plan: ['model', 'errors.ts'],
  report: ['model', 'errors.ts'],
  page: ['model', 'slice', 'report'],
  ledgers: ['model', 'postgres/quote.ts', 'sources/flyway/name.ts'],
  settings: ['model', 'errors.ts', 'options.ts', 'report', 'sources'],
  postgres: ['model', 'errors.ts'],
  embedded: ['model', 'errors.ts'],
  observe: ['model', 'errors.ts', 'sql', 'postgres', 'verify'],
  cluster: ['model', 'errors.ts'],
  diagnose: ['model', 'errors.ts', 'cluster', 'postgres', 'report/error-words.ts', 'report/suggestion.ts'],
  apply: ['model', 'errors.ts', 'postgres', 'plan'],
  verify: ['model', 'errors.ts', 'postgres', 'sql'],
  prove: ['model', 'errors.ts', 'slice', 'plan', 'postgres', 'apply', 'verify'],
  kubernaut: [
    'model',
    'errors.ts',
    'options.ts',
    'options',
    'index.ts',
    'report',
    'cluster',
    'run',
    'version.ts',
  ],
  testing: [
    ...['model', 'errors.ts', 'options.ts', 'postgres', 'embedded', 'report', 'version.ts', 'index.ts'],
    ...['run', 'apply', 'sql'],
  ],
  run: EVERY_ROOM,
  'run.ts': [...EVERY_ROOM, 'run'],
  'index.ts': ['model', 'errors.ts', 'options.ts', 'sources', 'report', 'embedded', 'run.ts', 'version.ts'],
  cli: ['model', 'errors.ts', 'options.ts', 'report', 'run.ts', 'index.ts', 'kubernaut'],
};

/** Packages that one place alone knows. */
const ONLY_IN: Readonly<Record<string, string>> = {
  pg: 'postgres/',
  'libpg-query': 'sql/parser.ts',
  '@kubernetes/client-node': 'cluster/',
  ws: 'cluster/',
  '@dagrejs/dagre': 'page/graph-layout.ts',
  'd3-zoom': 'page/graph-stage.ts',
};

/** Rooms that work on values: no files, no network, no processes. */
const PURE = [
  ...['model', 'errors.ts', 'options', 'options.ts', 'sources', 'sql', 'slice', 'plan', 'report'],
  'ledgers',
];
const PURE_MODULES = ['node:crypto', 'node:path', 'node:url', 'node:util'];
const EXCEPT = ['sources/folder.ts'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .sort();
const texts = new Map(files.map((path) => [path, readFileSync(join(SRC, path), 'utf8')]));

/** What a file imports, be it a type: files of ours by their path in src, packages by their name. */
function getImports(path: string): string[] {
  const found = texts
    .get(path)!
    .matchAll(/^(?:import|export)\b[^;'"]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/gm);
  return [...found].map(([, from, dynamic]) => {
    const target = from ?? dynamic!;
    return target.startsWith('.') ? posix.join(posix.dirname(path), target).replace(/\.js$/, '.ts') : target;
  });
}

const imports = new Map(files.map((path) => [path, getImports(path)]));
const getRoom = (path: string): string => path.split('/')[0]!;

/** A way round that ends where it began, by depth-first search; null where there is none. */
function findCycle(): string[] | null {
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): string[] | null => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return null;
    for (const target of imports.get(path) ?? []) {
      const cycle = visit(target, [...way, path]);
      if (cycle !== null) return cycle;
    }
    done.add(path);
    return null;
  };
  for (const path of files) {
    const cycle = visit(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

describe('the rooms of src', () => {
  test('are those of the table', () => {
    expect(files.map(getRoom).filter((room) => MAY_IMPORT[room] === undefined)).toEqual([]);
  });

  test.each(Object.keys(MAY_IMPORT))('%s imports what it may', (room) => {
    const allowed = MAY_IMPORT[room]!;
    const wrong = files
      .filter((path) => getRoom(path) === room)
      .flatMap((path) => imports.get(path)!.map((target) => ({ path, target })))
      .filter(({ target }) => target.endsWith('.ts') && getRoom(target) !== room)
      .filter(({ target }) => !allowed.includes(getRoom(target)) && !allowed.includes(target));
    expect(wrong.map(({ path, target }) => `${path} imports ${target}`)).toEqual([]);
  });

  test('import files that exist', () => {
    const missing = [...imports].flatMap(([path, targets]) =>
      targets
        .filter((target) => target.endsWith('.ts') && !texts.has(target))
        .map((target) => `${path}: ${target}`),
    );
    expect(missing).toEqual([]);
  });

  test('have no way round', () => {
    expect(findCycle()).toBeNull();
  });
});

describe('every file of src', () => {
  test(`has ${MAX_LINES} lines at most`, () => {
    const long = [...texts].map(([path, text]) => ({ path, lines: text.trimEnd().split('\n').length }));
    expect(long.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
  });

  test.each(Object.entries(ONLY_IN))('imports %s in %s only', (name, place) => {
    const users = files.filter((path) =>
      imports.get(path)!.some((target) => target === name || target.startsWith(`${name}/`)),
    );
    expect(users.filter((path) => !path.startsWith(place))).toEqual([]);
  });

  test.each(PURE)('of %s touches nothing outside of the process', (room) => {
    const touching = files
      .filter((path) => getRoom(path) === room && !EXCEPT.includes(path))
      .filter((path) =>
        imports.get(path)!.some((name) => name.startsWith('node:') && !PURE_MODULES.includes(name)),
      );
    expect(touching).toEqual([]);
  });

  test('leaves the process and its exit code to cli/', () => {
    const users = files.filter((path) => /\bprocess\.(exit\(|exitCode\b)/.test(texts.get(path)!));
    expect(users.filter((path) => getRoom(path) !== 'cli')).toEqual([]);
  });
});
