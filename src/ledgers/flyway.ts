import type { History, Migration } from '../model/history.js';
import { compareFlywayVersions, type FlywayVersion, parseFlywayVersion } from '../sources/flyway/name.js';
import { getFlywayChecksum, getReplacedText } from './checksums.js';
import { type AppliedVersion, createRecord, getToolId } from './record.js';
import { renderElapsed, renderIdentifier, renderLiteral, renderTable } from './render.js';
import type { ToolLedger, ToolRow } from './tool.js';

/**
 * Flyway: JdbcTableSchemaHistory.java, PostgreSQLDatabase.java. Rows in the order of their rank: what stands last of a
 * version or of a repeatable migration's description decides. A baseline stands for all up to its version.
 */
export const flywayLedger: ToolLedger = {
  tool: 'flyway',
  table: { schema: null, table: 'flyway_schema_history' },
  mend: 'Put right what it left half done, then: flyway repair',

  getReadSql: (table) =>
    `select version, description, type, script, checksum, success from ${table} order by installed_rank`,

  getRecord(history, rows) {
    const last = getLast(rows);
    const failed = last.filter((row) => row['success'] !== true);
    const standing = last.filter((row) => row['success'] === true && !isGone(row));
    const baseline = getBaseline(rows);
    const versions = standing.filter((row) => row['version'] !== null && !isBaseline(row));
    const above = versions.filter(
      (row) => baseline === null || compareFlywayVersions(getVersion(row), baseline) > 0,
    );
    const repeatables = standing.filter((row) => row['version'] === null);
    const byId = new Map(history.migrations.map((migration) => [getToolId(migration, getCodeId), migration]));
    const isOutdated = (row: ToolRow): boolean => {
      const migration = byId.get(getRepeatableId(row));
      return migration !== undefined && !isSame(row, migration);
    };
    return createRecord(
      history,
      [
        ...getBelow(history, baseline),
        ...above.filter((row) => byId.has(getId(row)) || !isCode(row)).map(createVersion),
        ...repeatables
          .filter((row) => !isOutdated(row) && (byId.has(getRepeatableId(row)) || !isCode(row)))
          .map((row) => ({ id: getRepeatableId(row), name: String(row['script']) })),
      ],
      {
        getCodeId,
        outdated: new Set(
          repeatables.filter(isOutdated).map((row) => byId.get(getRepeatableId(row))!.ordinal),
        ),
        unfinished: failed.map((row) => String(row['version'] ?? row['script'])),
      },
    );
  },

  getCreateSql: (table) => [
    `create table ${renderTable(table)} (
  installed_rank int not null,
  version varchar(50),
  description varchar(200) not null,
  type varchar(20) not null,
  script varchar(1000) not null,
  checksum integer,
  installed_by varchar(100) not null,
  installed_on timestamp not null default now(),
  execution_time integer not null,
  success boolean not null
)`,
    `alter table ${renderTable(table)} add constraint ${renderIdentifier(`${table.table}_pk`)} primary key (installed_rank)`,
    `create index ${renderIdentifier(`${table.table}_s_idx`)} on ${renderTable(table)} (success)`,
  ],

  getInsertSql(table, migration) {
    const { entry = {} } = migration;
    const version = migration.contentDigest === undefined ? (entry.version ?? migration.id) : null;
    // AbbreviationUtils.java
    const [description, script] = [entry.description ?? '', entry.script ?? migration.name];
    const values = [
      'coalesce(max(installed_rank), 0) + 1',
      renderLiteral(version),
      renderLiteral(description.length > 200 ? `${description.slice(0, 197)}...` : description),
      "'SQL'",
      renderLiteral(script.length > 1000 ? `...${script.slice(3, 1000)}` : script),
      String(getChecksum(migration)),
      'current_user',
      renderElapsed(1000, 'integer'),
      'true',
    ];
    return [
      `insert into ${renderTable(table)} (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
select ${values.join(', ')} from ${renderTable(table)}`,
    ];
  },
};

/** The newest row of each version and of each repeatable migration, without the mark of schemas that Flyway made. */
function getLast(rows: readonly ToolRow[]): readonly ToolRow[] {
  const last = new Map<string, ToolRow>();
  for (const row of rows) {
    if (row['type'] === 'SCHEMA') continue;
    last.set(row['version'] === null ? getRepeatableId(row) : getId(row), row);
  }
  return [...last.values()];
}

const getVersion = (row: ToolRow): FlywayVersion => parseFlywayVersion(String(row['version']));
const getId = (row: ToolRow): string => getVersion(row).join('.');
const getRepeatableId = (row: ToolRow): string => `R__${String(row['description']).replaceAll(' ', '_')}`;

const isGone = (row: ToolRow): boolean => /^(?:DELETE$|UNDO)/.test(String(row['type']));
const isBaseline = (row: ToolRow): boolean => String(row['type']).endsWith('BASELINE');
// Java classes, scripts: what ran there is no file of SQL.
const isCode = (row: ToolRow): boolean => !/^SQL$/.test(String(row['type']));

function getBaseline(rows: readonly ToolRow[]): FlywayVersion | null {
  const versions = rows.filter((row) => isBaseline(row) && row['success'] === true).map(getVersion);
  return versions.sort(compareFlywayVersions).at(-1) ?? null;
}

function getBelow({ migrations }: History, baseline: FlywayVersion | null): readonly AppliedVersion[] {
  if (baseline === null) return [];
  return migrations
    .filter(({ contentDigest }) => contentDigest === undefined)
    .flatMap((migration) => getToolId(migration, getCodeId) ?? [])
    .filter((id) => compareFlywayVersions(parseFlywayVersion(id), baseline) <= 0)
    .map((id) => ({ id }));
}

/** The version of a Java class or script, which is named as a file of SQL is. */
function getCodeId(name: string): string | null {
  const version = /(?:^|\/)[A-Za-z]*?(\d+(?:[._]\d+)*)__/.exec(name)?.[1];
  return version === undefined ? null : parseFlywayVersion(version).join('.');
}

function createVersion(row: ToolRow): AppliedVersion {
  return {
    id: getId(row),
    name: String(row['version']),
    isSame: (migration) => isSame(row, migration),
  };
}

/** The text without its placeholders replaced counts, too, as with Flyway; a row without a checksum fits all. */
function isSame(row: ToolRow, migration: Migration): boolean {
  const checksum = row['checksum'];
  if (checksum === null) return true;
  return [getChecksum(migration), getFlywayChecksum(migration.text)].includes(Number(checksum));
}

/** A repeatable migration's checksum is that of what runs (SqlMigrationResolver.java). */
function getChecksum(migration: Migration): number {
  return getFlywayChecksum(
    migration.contentDigest === undefined ? migration.text : getReplacedText(migration),
  );
}
