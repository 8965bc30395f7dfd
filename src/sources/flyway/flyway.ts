import type { ToolEntry } from '../../model/tool-ledger.js';
import { isCode } from '../code-steps.js';
import { renderCount } from '../count.js';
import { getLineNumber } from '../lines.js';
import { ensureUniqueVersions, getWholeRegion, readNumbered, type UpPart } from '../numbered.js';
import type { FolderListing, Reader, ReadOptions } from '../reader.js';
import { createReading, type ReadingDraft } from '../reading.js';
import { type Callback, getCallbackFindings } from './callbacks.js';
import { type FlywayConfig, readFlywayConfig } from './config.js';
import {
  compareFlywayVersions,
  type FlywayName,
  type FlywayNaming,
  type FlywayVersion,
  parseFlywayName,
} from './name.js';
import { parsePlaceholders } from './placeholders.js';
import { parseScriptSettings, SCRIPT_DEFAULTS, type ScriptSettings } from './script-settings.js';

/** Flyway: `V1__title.sql` and `R__title.sql`, in subfolders, too. */
export const flyway: Reader = {
  format: 'flyway',
  replacesVariables: true,
  takesSeveral: true,

  async recognize(files) {
    const naming = getNaming(files, await readFlywayConfig(files));
    const sql = files.candidates.filter((path) => hasSuffix(path, naming));
    const named = sql.map((path) => parseFlywayName(path, naming)).filter(({ kind }) => kind !== 'none');
    if (named.length === 0) return null;
    const count = (...kinds: readonly FlywayName['kind'][]): number =>
      named.filter(({ kind }) => kinds.includes(kind)).length;
    const counts = [
      [count('versioned', 'baseline'), `named like ${naming.versioned}1${naming.separator}title.sql`],
      [count('repeatable'), `named like ${naming.repeatable}${naming.separator}title.sql`],
      [count('undo', 'callback'), "named like Flyway's callbacks or ways back"],
    ] as const;
    return {
      score: Math.round(((naming.versioned === '' ? 50 : 80) * named.length) / sql.length),
      evidence: counts.filter(([found]) => found > 0).map(([found, what]) => renderCount(found, what)),
    };
  },

  async read(files, options) {
    const reading = createReading(files, false);
    const config = await readFlywayConfig(files);
    const naming = getNaming(files, config);
    for (const finding of config.findings) {
      // Where the search path is given, the schema is followed.
      if (finding.args['searchPath'] === undefined || options.searchPath === undefined)
        reading.addFinding(finding);
    }
    const settings = await readSettings(files, reading);
    const migrations = [...getMigrations(files, naming, reading), ...getRepeatables(files, naming)];
    ensureUniqueVersions(reading, migrations);
    await readNumbered(reading, migrations, (text, path) =>
      parseFlywayFile(text, path, {
        config,
        settings: settings.get(path) ?? SCRIPT_DEFAULTS,
        options,
        reading,
      }),
    );
    for (const finding of getCallbackFindings(await readCallbacks(files, naming, reading))) {
      reading.addFinding(finding);
    }
    const toolTable = { schema: config.defaultSchema, table: config.table };
    return { ...reading.finish(), ...(config.file === null ? {} : { toolTable }) };
  },
};

// A folder without a single V name is one of a Flyway whose sqlMigrationPrefix is set to nothing.
function getNaming(files: FolderListing, { naming, file }: FlywayConfig): FlywayNaming {
  const isPrefixed = (path: string): boolean => 'version' in parseFlywayName(path, naming);
  const hasNumbers = files.candidates.some((path) =>
    /^\d[\d._]*__.*\.sql$/i.test(files.getOrigin(path).path),
  );
  if (file !== null || !hasNumbers || files.candidates.some(isPrefixed)) return naming;
  return { ...naming, versioned: '' };
}

function hasSuffix(path: string, { suffixes }: FlywayNaming): boolean {
  return suffixes.some((suffix) => path.toLowerCase().endsWith(suffix.toLowerCase()));
}

function getMigrations(files: FolderListing, naming: FlywayNaming, reading: ReadingDraft) {
  const versioned: { path: string; version: FlywayVersion; id: string; entry: ToolEntry }[] = [];
  const baselines: typeof versioned = [];
  for (const path of files.candidates) {
    const name = parseFlywayName(getSqlName(path, naming), naming);
    if (name.kind === 'versioned' || name.kind === 'baseline') {
      const { version, versionText, description } = name;
      const entry = { version: versionText, description, script: files.getOrigin(path).path };
      const file = { path, version, id: version.join('.'), entry };
      (name.kind === 'versioned' ? versioned : baselines).push(file);
    } else if (name.kind === 'undo') reading.passOver(path, 'down-migration');
  }
  // A baseline sums up the versions up to its own: it counts only where those are no longer in the folder.
  const baseline = baselines.sort((a, b) => compareFlywayVersions(b.version, a.version))[0];
  const isNeeded =
    baseline !== undefined &&
    versioned.every(({ version }) => compareFlywayVersions(version, baseline.version) > 0);
  for (const file of baselines) if (file !== baseline || !isNeeded) reading.passOver(file.path, 'baseline');
  return [...(isNeeded ? [baseline] : []), ...versioned].sort((a, b) =>
    compareFlywayVersions(a.version, b.version),
  );
}

/** What runs again whenever it changed, after the rest: in the order of the descriptions (ResolvedMigrationComparator.java). */
function getRepeatables(files: FolderListing, naming: FlywayNaming) {
  return files.candidates
    .flatMap((path) => {
      const name = parseFlywayName(getSqlName(path, naming), naming);
      if (name.kind !== 'repeatable') return [];
      const { description } = name;
      const id = `R__${description.replaceAll(' ', '_')}`;
      const entry = { description, script: files.getOrigin(path).path };
      return [{ path, id, description, entry, isRepeatable: true as const }];
    })
    .sort((a, b) => (a.description < b.description ? -1 : a.description > b.description ? 1 : 0));
}

// Java classes and scripts are named as SQL files are (https://documentation.red-gate.com/fd/java-based-migrations-273973374.html).
function getSqlName(path: string, { suffixes }: FlywayNaming): string {
  return isCode(path) ? path.replace(/\.\w+$/, suffixes[0]!) : path;
}

/** Notes the callbacks, and gives those that have SQL in them. */
async function readCallbacks(
  files: FolderListing,
  naming: FlywayNaming,
  reading: ReadingDraft,
): Promise<readonly Callback[]> {
  const callbacks: Callback[] = [];
  for (const path of files.candidates) {
    const name = parseFlywayName(path, naming);
    if (name.kind !== 'callback') continue;
    reading.passOver(path, 'callback');
    const text = (await files.peek(path)).replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '');
    if (text.trim() !== '') callbacks.push({ path, event: name.event });
  }
  return callbacks;
}

async function readSettings(
  files: FolderListing,
  reading: ReadingDraft,
): Promise<Map<string, ScriptSettings>> {
  const settings = new Map<string, ScriptSettings>();
  for (const path of files.candidates) {
    if (/^flyway(?:\.\w+)?\.(?:toml|conf)$/.test(files.getOrigin(path).path)) {
      reading.passOver(path, 'tool-metadata');
    }
    const script = /^(.*)\.conf$/i.exec(path)?.[1];
    if (script === undefined || !files.paths.includes(script)) continue;
    reading.passOver(path, 'tool-metadata');
    const text = await reading.getText(path);
    if (text !== null) settings.set(script, parseScriptSettings(text));
  }
  return settings;
}

interface FileScope {
  readonly config: FlywayConfig;
  readonly settings: ScriptSettings;
  readonly options: ReadOptions;
  readonly reading: ReadingDraft;
}

function parseFlywayFile(text: string, path: string, scope: FileScope): UpPart {
  const { config, settings, options, reading } = scope;
  if (settings.problem !== null) {
    reading.reject(`${path}.conf`, settings.problem, 'Write shouldExecute=true or shouldExecute=false.');
  }
  const { prefix, suffix } = config.placeholders;
  const values = {
    ...getDefaults(path, config, options),
    ...config.placeholders.values,
    ...options.placeholders,
  };
  const isReplacing = settings.isReplacing ?? config.placeholders.isReplacing;
  const { substitutions, missing } =
    isReplacing && settings.isExecuted
      ? parsePlaceholders(text, { prefix, suffix, values })
      : { substitutions: [], missing: [] };
  for (const { name, start } of missing) reading.addMissing(name, path, getLineNumber(text, start));
  return {
    regions: settings.isExecuted ? getWholeRegion(text) : [],
    transaction: (settings.isTransaction ?? config.isTransaction) ? 'each' : 'none',
    substitutions,
  };
}

/** What Flyway fills in itself (ParsingContext.java), without what depends on the day, the user and the database. */
function getDefaults(
  path: string,
  { table, defaultSchema, placeholders }: FlywayConfig,
  { searchPath }: ReadOptions,
): Readonly<Record<string, string>> {
  const first = searchPath?.split(',')[0]?.trim().replaceAll('"', '');
  const values = {
    filename: path.slice(path.lastIndexOf('/') + 1),
    table,
    defaultSchema: defaultSchema ?? first ?? 'public',
    environment: 'default',
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`flyway${placeholders.separator}${name}`, value]),
  );
}
