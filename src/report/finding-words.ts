import type { Difference } from '../model/fact.js';
import type { Finding } from '../model/finding.js';
import { renderCodeStepsBefore } from './code-step-words.js';
import { renderDifference } from './difference-text.js';
import { ERROR_WORDS, type ErrorCode } from './error-words.js';
import { renderCount, renderList } from './measure.js';
import { PROOF_WORDS, renderChanges } from './proof-words.js';
import { TESTING_FINDINGS } from './testing-words.js';

/** The words of a finding, by its code; an unknown code shows its arguments. */
export function renderFinding(finding: Finding): string {
  // What is an error where it lasts has its words.
  if (finding.code in ERROR_WORDS)
    return ERROR_WORDS[finding.code as ErrorCode](finding.args as never).message;
  const words = FINDING_WORDS[finding.code];
  return words === undefined ? `${finding.code} ${JSON.stringify(finding.args)}` : words(finding.args);
}

const FINDING_WORDS: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => string>> = {
  ...TESTING_FINDINGS,
  TARGET_NOT_READY: (a) => String(a['reason']),
  TABLES_DIFFER: (a) => {
    const first = a['first'] as Difference;
    const more = Number(a['count']) - 1;
    return `${first.object} ${renderDifference(first)}${more > 0 ? `, and ${renderCount(more, 'more difference')}` : ''}`;
  },
  STATEMENT_UNOBSERVED: (a) =>
    `${a['place']} failed on the scratch server and is kept unobserved: ${a['reason']}${renderAt(a)}${renderCodeSteps(a)}`,
  OBSERVATION_INCOMPLETE: (a) =>
    `${a['failed'] === 1 ? 'a statement' : `${a['failed']} statements`} failed on the scratch server${a['failed'] === 1 ? '' : ', the first'}: ${a['place']}: ${a['reason']}${renderAt(a)}; ${getScratchAdvice(String(a['sqlstate']))}${renderCodeSteps(a)}`,
  CODE_STEPS_NOT_RUN: (a) => {
    const steps = a['steps'] as readonly { readonly name: string; readonly before: string | null }[];
    const places = steps.map(
      ({ name, before }) => `${name} (${before === null ? 'last' : `before ${before}`})`,
    );
    return `${renderCount(steps.length, 'step')} in code ${steps.length === 1 ? 'is' : 'are'} not run: ${renderList(places, 20)}`;
  },
  CALLBACKS_NOT_RUN: (a) =>
    `Flyway's callbacks are not run, so what they do is missing: ${renderList(a['files'] as readonly string[], 20)} (what must be there first can be given with --prelude)`,
  SETTING_NOT_FOLLOWED: (a) => {
    if (a['searchPath'] !== undefined)
      return `${a['file']} sets ${a['setting']}: give --search-path ${a['searchPath']}, and have the schema there`;
    if (a['locations'] !== undefined)
      return `${a['file']} names ${a['locations']} locations, and ${a['given']} ${a['given'] === 1 ? 'is' : 'are'} read: give each with --migrations`;
    return `${a['file']} sets ${a['setting']}, which is not followed`;
  },
  LOCK_FILE_STALE: (a) =>
    `${a['path']} no longer fits the history: it is not used (plinth prove writes it anew)${renderChanges(a['changes'])}`,
  ...PROOF_WORDS,
  NOT_VERIFIED: () =>
    'the outcome was not compared with what the history leaves: nobody has watched the whole history yet (plinth prove, or plinth verify)',
  OBJECT_NOT_COMPARED: (a) =>
    `${a['object']} was not compared: a statement about it failed while the history was watched`,
  PARTITION_FOR_NOW_MISSING: (a) =>
    `no partition of ${a['table']} takes a row of now (${a['now']}): an INSERT fails until somebody makes one`,
  ROWS_NOT_COMPARED: (a) => {
    const places = renderList(a['places'] as readonly string[], 3);
    return a['empty'] === true
      ? `${a['table']} is empty, though the history puts rows into it (${places}): they are not put in again`
      : `the rows of ${a['table']} were left as they are: those that the history puts in (${places}) are not compared`;
  },
  ADOPTED_FROM_HISTORY: (a) =>
    `${a['table']} was made by the history ${a['history']}, too: changes of either one meet the other`,
  LOCK_FILE_OLDER: (a) =>
    `${a['path']} was written by an older Plinth: it is not used (plinth prove writes it anew)`,
  ROLE_CREATED: (a) => `created the role ${a['role']} (--missing-roles create)`,
  TABLE_THERE: (a) =>
    `${a['table']} is in the database already: ${a['place']} would fail, unless something drops it first`,
  ROLE_TO_CREATE: (a) => `a run would create the role ${a['role']} (--missing-roles create)`,
  ROLE_SKIPPED: (a) =>
    `left out ${a['place']}: it names the role ${a['role']}, which is missing (--missing-roles skip)`,
  ROLE_EXISTS: (a) => `the role ${a['role']} exists already: ${a['place']} was not run`,
  RIGHTS_OF_EVIDENCE_MISSING: (a) =>
    `without ${renderList(a['rights'] as readonly string[])} errors say less, and waiting means to look each second`,
  PASSWORD_FILE_UNUSED: (a) => `the password file is not used: ${a['reason']}`,
  SERVER_OLD: (a) =>
    `PostgreSQL ${a['version']} is older than 14: it does not notice at once that a run was killed, and keeps its lock`,
  SCHEMA_NOT_WRITABLE: (a) =>
    `the user ${a['user']} may make nothing in the schema ${a['schema']}: a history that does fails`,
  INDEX_REBUILT: (a) =>
    `dropped the invalid index ${a['index']}, left by a run that was cut off, and built it again`,
  CHANGE_ALLOWED: (a) => `${a['place']} changed after being applied; accepted unrun (--allow-changed)`,
  TOOL_LEDGER_TRUSTED: (a) =>
    `${a['tool']} has ${renderCount(Number(a['migrations']), 'migration')} as applied (${a['table']}) that this ledger lacks: ${renderCount(Number(a['statements']), 'statement')} ${a['statements'] === 1 ? 'counts' : 'count'} as applied${renderCompared(a)}`,
  TOOL_LEDGER_WRITTEN: (a) =>
    `told ${a['tool']} (${a['table']}) of ${renderCount(Number(a['migrations']), 'migration')} applied before${renderCompared(a)}`,
  TOOL_FILE_CHANGED: (a) =>
    `${a['migration']} reads otherwise than when ${a['tool']} applied it; accepted unrun (--allow-changed)`,
  OUT_OF_ORDER_ALLOWED: (a) => `${a['migration']} runs late (--allow-out-of-order)`,
};

const renderCompared = ({ checked }: Readonly<Record<string, unknown>>): string =>
  Number(checked) === 0 ? '' : `; ${renderCount(Number(checked), 'object')} compared, all as they should be`;

function renderCodeSteps({ codeSteps = [] }: { readonly codeSteps?: unknown }): string {
  const words = renderCodeStepsBefore(codeSteps as readonly string[]);
  return words === '' ? '' : `; ${words}`;
}

// By SQLSTATE class, https://www.postgresql.org/docs/current/errcodes-appendix.html
function getScratchAdvice(sqlstate: string): string {
  if (sqlstate === '58P01' || sqlstate === '0A000') {
    return 'where an extension is missing, --scratch URL names a server that has it';
  }
  if (['3F000', '42P01', '42704', '42883', '42703'].includes(sqlstate)) {
    return 'what the history expects around it is given with --prelude FILE, an extension or another version with --scratch URL';
  }
  return 'a server that can run it is given with --scratch URL';
}

const renderAt = (args: Readonly<Record<string, unknown>>): string =>
  args['at'] === undefined ? '' : ` (at ${args['at']})`;
