import type { Finding } from '../../model/finding.js';
import type { FolderListing } from '../reader.js';
import { parseFlywayConf, parseFlywayToml } from './config-files.js';
import type { FlywayNaming } from './name.js';

/** What Flyway's own configuration says about a folder, with its defaults filled in. */
export interface FlywayConfig {
  readonly naming: FlywayNaming;
  readonly placeholders: {
    readonly prefix: string;
    readonly suffix: string;
    /** Between `flyway` and the name of what it fills in itself. */
    readonly separator: string;
    readonly isReplacing: boolean;
    /** By name; without those whose value Flyway gets elsewhere. */
    readonly values: Readonly<Record<string, string>>;
  };
  readonly isTransaction: boolean;
  readonly table: string;
  /** Null: the connection's. */
  readonly defaultSchema: string | null;
  /** What cannot be followed. */
  readonly findings: readonly Finding[];
  /** The file that it stands in; null where there is none. */
  readonly file: string | null;
}

// https://documentation.red-gate.com/fd/flyway-configuration-files-224003079.html
const FILES = ['flyway.toml', 'flyway.conf'];
// What changes what a folder leaves, and is not read out of its files.
const NOT_FOLLOWED = ['initSql', 'target', 'cherryPick', 'resolvers', 'callbacks'];

/** Reads `flyway.toml` and `flyway.conf` in the folder, in one of its locations, or beside it; the last one says most. */
export async function readFlywayConfig(files: FolderListing): Promise<FlywayConfig> {
  const settings = new Map<string, string>();
  let file: string | null = null;
  for (const name of FILES) {
    const inside = files.paths.filter((path) => files.getOrigin(path).path === name);
    for (const path of [null, ...inside]) {
      const text = path === null ? await files.getBeside(name) : await files.peek(path);
      if (text === null) continue;
      const parsed = name.endsWith('.toml') ? await parseFlywayToml(text) : parseFlywayConf(text);
      for (const [key, value] of parsed) settings.set(key, value);
      file = name;
    }
  }
  return createConfig(settings, file, files);
}

function createConfig(
  settings: ReadonlyMap<string, string>,
  file: string | null,
  files: FolderListing,
): FlywayConfig {
  const get = (name: string): string | null => settings.get(name.toLowerCase()) ?? null;
  const isOn = (name: string, byDefault: boolean): boolean =>
    (get(name)?.toLowerCase() ?? String(byDefault)) !== 'false';
  const own = 'placeholders.';
  const values = [...settings].filter(([key, value]) => key.startsWith(own) && !isResolvedElsewhere(value));
  const schemas = get('schemas')?.split(',')[0]?.trim();
  return {
    file,
    naming: {
      versioned: get('sqlMigrationPrefix') ?? 'V',
      undo: get('undoSqlMigrationPrefix') ?? 'U',
      baseline: get('baselineMigrationPrefix') ?? 'B',
      repeatable: get('repeatableSqlMigrationPrefix') ?? 'R',
      separator: get('sqlMigrationSeparator') ?? '__',
      suffixes: (get('sqlMigrationSuffixes') ?? '.sql').split(',').map((suffix) => suffix.trim()),
    },
    placeholders: {
      prefix: get('placeholderPrefix') ?? '${',
      suffix: get('placeholderSuffix') ?? '}',
      separator: get('placeholderSeparator') ?? ':',
      isReplacing: isOn('placeholderReplacement', true),
      values: Object.fromEntries(values.map(([key, value]) => [key.slice(own.length), value])),
    },
    isTransaction: isOn('executeInTransaction', true),
    table: get('table') ?? 'flyway_schema_history',
    defaultSchema: get('defaultSchema') ?? (schemas === '' || schemas === undefined ? null : schemas),
    findings: file === null ? [] : getFindings(file, get, files),
  };
}

// Environment variables in .conf (`${NAME}`), resolvers in .toml (`${env.NAME}`): only Flyway knows these.
function isResolvedElsewhere(value: string): boolean {
  return value.includes('${');
}

function getFindings(
  file: string,
  get: (name: string) => string | null,
  files: FolderListing,
): readonly Finding[] {
  const create = (setting: string, more: Readonly<Record<string, unknown>> = {}): Finding => ({
    code: 'SETTING_NOT_FOLLOWED',
    severity: 'warning',
    args: { file, setting, ...more },
  });
  const schema = get('defaultSchema') ?? get('schemas')?.split(',')[0]?.trim();
  const locations = get('locations')?.split(',').length ?? 1;
  const given = new Set(files.paths.map((path) => files.getOrigin(path).location)).size;
  return [
    ...NOT_FOLLOWED.filter((name) => (get(name) ?? '') !== '').map((name) => create(name)),
    ...(schema === undefined || schema === '' ? [] : [create('defaultSchema', { searchPath: schema })]),
    ...(locations > given ? [create('locations', { locations, given })] : []),
  ];
}
