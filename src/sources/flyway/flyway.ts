import { isCode } from '../code-steps.js';
import { renderCount } from '../count.js';
import { getLineNumber } from '../lines.js';
import { ensureUniqueVersions, getWholeRegion, readNumbered, type UpPart } from '../numbered.js';
import type { FolderListing, Reader, ReadOptions } from '../reader.js';
import { createReading, type ReadingDraft } from '../reading.js';
import { compareFlywayVersions, type FlywayName, type FlywayVersion, parseFlywayName } from './name.js';
import { parsePlaceholders } from './placeholders.js';
import { parseScriptSettings, SCRIPT_DEFAULTS, type ScriptSettings } from './script-settings.js';

/** Flyway: `V1__title.sql`, in subfolders, too. */
export const flyway: Reader = {
  format: 'flyway',
  replacesVariables: true,
  takesSeveral: true,

  async recognize(files) {
    const hasPrefix = getHasPrefix(files);
    const sql = files.candidates.filter((path) => /\.sql$/i.test(path));
    const named = sql.map((path) => parseFlywayName(path, hasPrefix)).filter(({ kind }) => kind !== 'none');
    if (named.length === 0) return null;
    const count = (...kinds: readonly FlywayName['kind'][]): number =>
      named.filter(({ kind }) => kinds.includes(kind)).length;
    const counts = [
      [count('versioned', 'baseline'), `named like ${hasPrefix ? 'V' : ''}1__title.sql`],
      [count('repeatable'), 'named like R__title.sql'],
      [count('undo', 'callback'), "named like Flyway's callbacks or ways back"],
    ] as const;
    return {
      score: Math.round(((hasPrefix ? 80 : 50) * named.length) / sql.length),
      evidence: counts.filter(([found]) => found > 0).map(([found, what]) => renderCount(found, what)),
    };
  },

  async read(files, options) {
    const reading = createReading(files, false);
    const settings = await readSettings(files, reading);
    const migrations = [...getMigrations(files, reading), ...getRepeatables(files)];
    ensureUniqueVersions(reading, migrations);
    await readNumbered(reading, migrations, (text, path) =>
      parseFlywayFile(text, path, settings.get(path) ?? SCRIPT_DEFAULTS, options, reading),
    );
    return reading.finish();
  },
};

// A folder without a single V name is one of a Flyway whose sqlMigrationPrefix is set to nothing.
function getHasPrefix(files: FolderListing): boolean {
  return (
    !files.candidates.some((path) => /^\d[\d._]*__.*\.sql$/i.test(path)) || files.candidates.some(isPrefixed)
  );
}

function isPrefixed(path: string): boolean {
  return 'version' in parseFlywayName(path, true);
}

function getMigrations(files: FolderListing, reading: ReadingDraft) {
  const hasPrefix = getHasPrefix(files);
  const versioned: { path: string; version: FlywayVersion; id: string }[] = [];
  const baselines: typeof versioned = [];
  for (const path of files.candidates) {
    const name = parseFlywayName(getSqlName(path), hasPrefix);
    if (name.kind === 'versioned' || name.kind === 'baseline') {
      const file = { path, version: name.version, id: name.version.join('.') };
      (name.kind === 'versioned' ? versioned : baselines).push(file);
    } else if (name.kind === 'undo' || name.kind === 'callback') {
      reading.passOver(path, name.kind === 'undo' ? 'down-migration' : name.kind);
    }
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
function getRepeatables(files: FolderListing) {
  return files.candidates
    .flatMap((path) => {
      const name = parseFlywayName(getSqlName(path), true);
      if (name.kind !== 'repeatable') return [];
      const id = `R__${name.description.replaceAll(' ', '_')}`;
      return [{ path, id, description: name.description, isRepeatable: true as const }];
    })
    .sort((a, b) => (a.description < b.description ? -1 : a.description > b.description ? 1 : 0));
}

// Java classes and scripts are named as SQL files are (https://documentation.red-gate.com/fd/java-based-migrations-273973374.html).
function getSqlName(path: string): string {
  return isCode(path) ? path.replace(/\.\w+$/, '.sql') : path;
}

async function readSettings(
  files: FolderListing,
  reading: ReadingDraft,
): Promise<Map<string, ScriptSettings>> {
  const settings = new Map<string, ScriptSettings>();
  for (const path of files.candidates.filter((file) => /\.sql\.conf$/i.test(file))) {
    reading.passOver(path, 'tool-metadata');
    const text = await reading.getText(path);
    if (text !== null) settings.set(path.slice(0, -'.conf'.length), parseScriptSettings(text));
  }
  return settings;
}

function parseFlywayFile(
  text: string,
  path: string,
  settings: ScriptSettings,
  options: ReadOptions,
  reading: ReadingDraft,
): UpPart {
  if (settings.problem !== null) {
    reading.reject(`${path}.conf`, settings.problem, 'Write shouldExecute=true or shouldExecute=false.');
  }
  const values = { 'flyway:filename': path.slice(path.lastIndexOf('/') + 1), ...options.placeholders };
  const { substitutions, missing } =
    settings.isReplacing && settings.isExecuted
      ? parsePlaceholders(text, values)
      : { substitutions: [], missing: [] };
  for (const { name, start } of missing) reading.addMissing(name, path, getLineNumber(text, start));
  return {
    regions: settings.isExecuted ? getWholeRegion(text) : [],
    transaction: settings.isTransaction ? 'each' : 'none',
    substitutions,
  };
}
