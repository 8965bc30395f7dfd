import { FORMATS } from '../model/history.js';
import { ADOPTION_WORDS } from './adoption-words.js';
import { CLUSTER_WORDS } from './cluster-words.js';
import { renderCodeStepsBefore } from './code-step-words.js';
import { renderDifferences } from './difference-text.js';
import type { ErrorArgs, ErrorCode } from './error-args.js';
import { renderExcerpt } from './excerpt.js';
import { FLEET_ERRORS } from './fleet-words.js';
import { LOCK_WORDS } from './lock-words.js';
import { MANIFEST_ERRORS } from './manifest-words.js';
import { renderCount, renderList } from './measure.js';
import { PROOF_ERRORS } from './proof-words.js';
import { SETTINGS_ERRORS } from './settings-words.js';
import { TESTING_WORDS } from './testing-words.js';
import { TOOL_LEDGER_WORDS } from './tool-ledger-words.js';

export type { ClusterErrorArgs } from './cluster-args.js';
export type { ErrorArgs, ErrorCode } from './error-args.js';

/** One short sentence, and what to do next. */
export interface Words {
  readonly message: string;
  readonly hint?: string;
}

const list = (items: readonly string[]): string => items.map((item) => `  ${item}`).join('\n');
// What was asked for with its type: `function audit.make_partition(date)`.
const WITH_TYPE = /^(?:\w+ )+\S/;
const renderNotRun = (names: readonly string[]): string =>
  names.length === 0 ? '' : `\n  ${renderCodeStepsBefore(names)}`;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const joinPath = (folder: string, path: string): string => `${folder.replace(/\/+$/, '')}/${path}`;
const renderSet = (name: string): string =>
  /^[\w.:-]+$/.test(name) ? `--set ${name}=VALUE` : `--set '${name}=VALUE'`;

/** Every sentence of every error. */
export const ERROR_WORDS: { readonly [C in ErrorCode]: (args: ErrorArgs[C]) => Words } = {
  ...CLUSTER_WORDS,
  ...MANIFEST_ERRORS,
  ...FLEET_ERRORS,
  OPTIONS_INVALID: ({ problems }) => ({
    message:
      problems.length === 1 ? problems[0]! : `${problems.length} options are not right:\n${list(problems)}`,
    hint: 'plinth --help lists the options with examples.',
  }),
  ...SETTINGS_ERRORS,
  HISTORY_NOT_FOUND: ({ folder }) => ({
    message: `there is no migration folder in ${folder} or below`,
    hint: 'Name it with --migrations DIR, and with --format FORMAT where its tool is not recognized.',
  }),
  HISTORY_AMBIGUOUS: ({ folder, found }) => ({
    message: `there are ${found.length} migration folders in ${folder} and below:\n${list([
      ...found
        .slice(0, 20)
        .map(
          (each) =>
            `${each.folder}: ${each.format ?? 'fits several tools'}, ${renderCount(each.migrations, 'migration')}`,
        ),
      ...(found.length > 20 ? [`and ${found.length - 20} more`] : []),
    ])}`,
    hint: 'Choose one with --migrations DIR; docs/settings.md shows a file for several.',
  }),
  FILE_UNWRITABLE: ({ path, reason }) => ({
    message: `cannot write ${path}: ${reason}`,
    hint: 'Check that the folder exists and that this user may write to it.',
  }),
  FOLDER_NOT_FOUND: ({ path }) => ({
    message: `there is no file or folder ${path}`,
    hint: 'Give the migration folder with --migrations DIR.',
  }),
  FOLDER_EMPTY: ({ path, format, passedOver }) => ({
    message: `${path} holds no ${format === null ? '' : `${format} `}migration${passedOver > 0 ? ` (${passedOver} files passed over)` : ''}`,
    hint:
      passedOver > 0
        ? 'plinth plan --verbose names each file that was passed over, and why.'
        : 'Is this the right folder?',
  }),
  FILE_UNREADABLE: ({ path, reason }) => ({
    message: `cannot read ${path}: ${reason}`,
    hint: 'Check that the file exists and that this user may read it.',
  }),
  FILE_NOT_UTF8: ({ path, offset }) => ({
    message: `${path} is not valid UTF-8 (byte ${offset})`,
    hint: `Convert it: iconv -f latin1 -t utf-8 ${path}`,
  }),
  FORMAT_UNKNOWN: ({ path, seen, below }) => ({
    message: `cannot tell which tool ${path} belongs to${seen.length > 0 ? `; it holds ${seen.join(', ')}` : ''}`,
    hint:
      below.length === 0
        ? `Name it with --format ${FORMATS.join('|')}.`
        : `Give the folder itself: ${renderList(below.map((b) => `--migrations ${joinPath(path, b.path)} (${b.format})`))}.`,
  }),
  FORMAT_AMBIGUOUS: ({ path, candidates }) => ({
    message: `${path} fits more than one tool:\n${list(candidates.map((c) => `${c.format}: ${c.folder === undefined ? '' : `${c.folder}: `}${c.evidence.join('; ')}`))}`,
    hint: `Choose one: ${candidates
      .slice(0, 8)
      .map((c) =>
        c.folder === undefined ? `--format ${c.format}` : `--migrations ${joinPath(path, c.folder)}`,
      )
      .join(' or ')}.`,
  }),
  VERSION_DUPLICATE: ({ version, files }) => ({
    message: `version ${version} stands in ${files.length} files: ${files.join(', ')}`,
    hint: 'Rename one of them; the tool that owns the folder would refuse this, too.',
  }),
  PLACEHOLDER_MISSING: ({ missing }) => ({
    message:
      missing.length === 1
        ? `no value for the placeholder ${missing[0]!.name} (${renderList(missing[0]!.places, 3)})`
        : `no value for ${missing.length} placeholders:\n${list(missing.map(({ name, places }) => `${name} (${renderList(places, 3)})`))}`,
    hint: `Give ${missing.length > 1 ? 'them' : 'it'}: ${missing.map(({ name }) => renderSet(name)).join(' ')}`,
  }),
  HISTORY_MALFORMED: ({ file, problem, advice }) => ({ message: `${file}: ${problem}`, hint: advice }),
  CHECKSUM_MISMATCH: ({ file, problem, advice }) => ({
    message: `${file} does not fit the migrations: ${problem}`,
    hint: advice,
  }),
  INPUT_INVALID: ({ problems }) => ({
    message: `${problems.length} problems in the migration folder:\n${list(problems)}`,
    hint: 'Nothing was run. Mend these and try again.',
  }),
  SQL_INVALID: ({ problems }) => ({
    message: `${problems.length === 1 ? 'SQL that does not parse' : `${problems.length} places of SQL that do not parse`}:\n${problems
      .map(
        ({ place, message }) =>
          `${place.file}:${place.line}:${place.column}: ${message}\n${renderExcerpt(place)}`,
      )
      .join('\n')}`,
    hint: 'Nothing was run. Mend the SQL, or name the right --format if these files belong to another tool.',
  }),
  TABLE_UNKNOWN: ({ unknown, codeSteps = [] }) => ({
    message: unknown
      .map(
        ({ name, nearest }) =>
          `the history makes no ${WITH_TYPE.test(name) ? '' : 'table or view '}${name}${nearest.length > 0 ? `; the nearest: ${nearest.join(', ')}` : ''}`,
      )
      .join('\n'),
    hint: `plinth tables --migrations DIR lists the tables of a history.${codeSteps.length === 0 ? '' : ` What a step in code makes is not among them: ${renderList(codeSteps, 5)}.`}`,
  }),
  TABLE_NOT_OBSERVED: ({ table, file, line, reason, codeSteps = [] }) => ({
    message: `the table ${table} could not be observed: ${file}:${line} failed on the scratch server: ${reason}${renderNotRun(codeSteps)}`,
    hint: 'Give a server that can run it: --scratch URL, or what the history expects around it: --prelude FILE.',
  }),
  OBSERVATION_FAILED: ({ statement, reason, advice }) => ({
    message: `${statement} failed on the scratch server: ${reason}`,
    hint: advice,
  }),
  SCRATCH_UNAVAILABLE: ({ reason }) => ({
    message: `no scratch server to watch the history on: ${reason}`,
    hint: 'Give one with --scratch URL (a superuser on a server of your own), or check in plinth.lock.json (plinth prove). Plinth does not guess which statements a table needs. Applying the whole history (without --tables) needs none.',
  }),
  SERVER_FILE_REFUSED: ({ places }) => ({
    message: `the history runs programs or reads files on the server:\n${list(places)}`,
    hint: 'If you trust it, allow it with --allow-server-files.',
  }),
  LOCK_FILE_INVALID: ({ path, reason }) => ({
    message: `${path} cannot be used: ${reason}`,
    hint: 'Write it anew: plinth prove --migrations DIR',
  }),
  ...PROOF_ERRORS,
  LOCK_FILE_NEWER: ({ path, format, reads }) => ({
    message: `${path} was written by a newer Plinth: its format is ${format}, this one reads ${reads}`,
    hint: 'Use that Plinth here, too, or write the file anew with this one: plinth prove --migrations DIR',
  }),
  LOCK_FILE_EDITED: ({ path }) => ({
    message: `${path} is not what plinth prove wrote: its content does not fit its checksum`,
    hint: 'It is not to be edited or merged by hand. Write it anew: plinth prove --migrations DIR',
  }),
  POSTGRES_NOT_READY: ({ target, reason, waitedMs }) => ({
    message: `PostgreSQL at ${target} is not ready: ${reason}${waitedMs > 0 ? ` (waited ${seconds(waitedMs)})` : ''}`,
    hint: 'Is the server running, and are host and port right? --timeout sets how long to wait.',
  }),
  AUTHENTICATION_FAILED: ({ target, user, database, reason, because }) => ({
    message: `PostgreSQL at ${target} refused the user ${user}: ${reason}`,
    hint: {
      password:
        'Check the password (of the URL, PGPASSWORD, ~/.pgpass, or in a cluster of the pod: --verbose tells which one is taken), and whether there is such a user: the server tells that to its log alone.',
      role: `Make it on the server (createuser ${user}), let it log in (alter role … login), or connect as another one.`,
      pg_hba: `Add a line to pg_hba.conf on the server, e.g. host ${database} ${user} ADDRESS scram-sha-256, and let it be read: select pg_reload_conf().`,
      other: 'Check the user, its password or certificate, and the line of pg_hba.conf that applies.',
    }[because ?? 'other'],
  }),
  DATABASE_MISSING: ({ target, database }) => ({
    message: `the database ${database} does not exist at ${target}`,
    hint: `Make it first: createdb ${database}`,
  }),
  TLS_FAILED: ({ target, reason }) => ({
    message: `no TLS connection to ${target}: ${reason}`,
    hint: 'sslmode=disable|prefer|require|verify-ca|verify-full in the URL (or PGSSLMODE) says what to demand; sslrootcert names the CA.',
  }),
  CONNECTIONS_EXHAUSTED: ({ target, reason, waitedMs }) => ({
    message: `PostgreSQL at ${target} has no connection left: ${reason}${waitedMs > 0 ? ` (waited ${seconds(waitedMs)})` : ''}`,
    hint: 'Who has them: select usename, application_name, state, count(*) from pg_stat_activity group by 1, 2, 3 order by 4 desc; Plinth needs two. Close some, raise max_connections (or the CONNECTION LIMIT of role or database), or give more time with --timeout.',
  }),
  POOLER_DETECTED: ({ target, mode }) => ({
    message: `a pooler in ${mode} mode stands in front of ${target}: two statements met two servers' sessions`,
    hint: 'The lock needs one session. Connect to PostgreSQL itself, or to a pool in session mode.',
  }),
  READ_ONLY: ({ target, standby, remedy }) => ({
    message: `${target} is ${standby ? 'a standby' : 'read-only: default_transaction_read_only is on'}`,
    hint: standby
      ? 'Connect to the primary.'
      : `Connect to the server that takes writes, or turn it off${remedy === null ? '' : `: ${remedy}`}.`,
  }),
  DISK_FULL: ({ target, what, reason }) => ({
    message: `the disk of ${target} is full, it could not ${what}: ${reason} (SQLSTATE 53100)`,
    hint: 'Make room on the server (data, WAL, or the tablespace that the message names), then run again: what was committed is in the ledger, and it goes on from there.',
  }),
  PERMISSION_DENIED: ({ what, user, reason }) => ({
    message: `the user ${user} may not ${what}: ${reason}`,
    hint: 'Let an owner of the database grant it, or let --ledger SCHEMA name a schema that this user may write to.',
  }),
  MIGRATION_FAILED: ({
    migration,
    reason,
    sqlstate,
    detail,
    serverHint,
    where,
    built,
    advice,
    codeSteps = [],
  }) => ({
    message: [
      `migration '${migration}' failed: ${reason} (SQLSTATE ${sqlstate})`,
      ...(detail === null ? [] : [`  detail: ${detail}`]),
      ...(serverHint === null ? [] : [`  hint: ${serverHint}`]),
      ...(where === null ? [] : [`  where: ${where.replaceAll('\n', '\n         ')}`]),
      ...(built === null ? [] : [`  in SQL that was put together:\n${renderExcerpt(built)}`]),
    ]
      .join('\n')
      .concat(renderNotRun(codeSteps)),
    ...(advice === null ? {} : { hint: advice }),
  }),
  ...ADOPTION_WORDS,
  HISTORY_CHANGED: ({ changes }) => ({
    message: `${changes.length === 1 ? 'a statement' : `${changes.length} statements`} changed after being applied:\n${changes.map((c) => `${c.place}\n${c.diff}`).join('\n')}`,
    hint: 'Write a new migration instead, or accept the change unrun with --allow-changed.',
  }),
  MIGRATION_DELETED: ({ migrations }) => ({
    message: `applied migrations are no longer in the folder: ${migrations.join(', ')}`,
    hint: 'Restore them, or, if this folder is another history for the same database, give it a name: --history NAME.',
  }),
  MIGRATION_OUT_OF_ORDER: ({ migrations, newest }) => ({
    message: `new migrations stand below ${newest}, which is applied: ${migrations.join(', ')}`,
    hint: 'Give them a higher number, or run them late with --allow-out-of-order.',
  }),
  LEDGER_UNTRUE: ({ missing }) => ({
    message: `the ledger says that these tables were made, but they are gone: ${missing.join(', ')}`,
    hint: 'Something dropped them. Restore them, or begin anew in an empty database.',
  }),
  ...TOOL_LEDGER_WORDS,
  LEDGER_NEWER: ({ schema, version }) => ({
    message: `the ledger in schema ${schema} was written by a newer Plinth (version ${version})`,
    hint: 'Update Plinth: npm install plinth@latest',
  }),
  TABLES_NOT_READY: ({ target, differences, waitedMs }) => ({
    message: `the tables were not there within ${seconds(waitedMs)}: ${target} has ${renderCount(differences.length, 'difference')}:\n${renderDifferences(differences, 10)}`,
    hint: 'Does anybody apply them? plinth status shows who did what. Give more time with --timeout.',
  }),
  VERIFICATION_FAILED: ({ target, differences }) => ({
    message: `${target} is not as the history leaves it: ${renderCount(differences.length, 'difference')}:\n${renderDifferences(differences, 20)}`,
    hint: 'What ran is committed. Was something changed by hand, or by another tool? plinth verify compares again.',
  }),
  ROLE_MISSING: ({ roles }) => ({
    message: `the target lacks ${roles.length === 1 ? 'a role' : 'roles'}:\n${list(roles.map((r) => `${r.name}, named by ${r.places.join(', ')}`))}`,
    hint: 'Create it first, or choose: --missing-roles create (made without login) or --missing-roles skip (its grants are left out, and told).',
  }),
  EXTENSION_MISSING: ({ extension, place }) => ({
    message: `the server does not have the extension ${extension}, which ${place} wants`,
    hint: 'Install its package on the server (pg_available_extensions lists what is there), or use an image that has it.',
  }),
  ...LOCK_WORDS,
  ...TESTING_WORDS,
  TIMEOUT: ({ phase, budgetMs }) => ({
    message: `out of time while ${phase} (--timeout ${seconds(budgetMs)})`,
    hint: 'What was committed is in the ledger; a rerun goes on from there. Give more time with --timeout.',
  }),
  CONNECTION_LOST: ({ target, reason }) => ({
    message: `the connection to ${target} was lost: ${reason}`,
    hint: 'What was committed is in the ledger; a rerun goes on from there.',
  }),
  CLUSTER_STEP_FAILED: ({ step, reason, advice }) => ({
    message: `failed to ${step}: ${reason}`,
    ...(advice === null ? {} : { hint: advice }),
  }),
  ABORTED: ({ phase }) => ({
    message: `stopped while ${phase}`,
    hint: 'What was committed is in the ledger; a rerun goes on from there.',
  }),
};
