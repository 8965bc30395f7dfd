import type { ReportStatement } from '../model/report.js';
import type { Reason } from '../model/slice.js';
import { getKindWords } from '../report/kind-words.js';
import { getChainWords, renderFew, renderKept } from '../report/page-words.js';
import { renderReason } from '../report/reason-words.js';
import { renderSqlSummary } from '../report/sql-summary.js';
import type { Browser } from './browse.js';
import { type Child, h, mark } from './dom.js';
import { renderSql } from './sql-view.js';

/** What a row says beside its statement. */
export interface RowNote {
  /** In one line. */
  readonly text: string;
  /** The chain that leads to it; null where it is left out, absent where that is not what the row is about. */
  readonly reason?: Reason | null;
  readonly badge?: string;
}

const SUMMARY_WIDTH = 110;

/** A statement in one line, which opens to its reason and its source. */
export function renderStatementRow(
  browser: Browser,
  ordinal: number,
  { text, reason, badge }: RowNote,
  search: string,
): HTMLElement {
  const statement = browser.report.history.statements[ordinal]!;
  const body = h('div', { class: 'statement-body' });
  const details = h(
    'details',
    { class: 'statement', 'data-ordinal': ordinal },
    h(
      'summary',
      {},
      h('span', { class: 'line' }, String(statement.line)),
      badge === undefined ? null : h('span', { class: `badge badge-${badge}` }, badge),
      h('span', { class: 'summary-sql' }, mark(renderSqlSummary(statement.sql, SUMMARY_WIDTH), search)),
      h('span', { class: 'summary-why', title: text }, mark(text, search)),
    ),
    body,
  );
  details.addEventListener('toggle', () => {
    if (details.open && body.childElementCount === 0)
      body.append(...renderBody(browser, statement, text, reason));
  });
  return details;
}

function renderBody(
  browser: Browser,
  statement: ReportStatement,
  text: string,
  reason: Reason | null | undefined,
): readonly HTMLElement[] {
  const { history } = browser.report;
  const place = `${statement.file ?? history.migrations[statement.migration]!}:${statement.line}`;
  return [
    ...(reason === undefined ? [] : [renderWhy(text, reason)]),
    h(
      'p',
      { class: 'place' },
      h('code', {}, place),
      ` · ${getKindWords(statement.kind, statement.sql)}`,
      renderSubjects(browser, statement),
    ),
    ...(statement.effect.failed === undefined
      ? []
      : [
          h(
            'p',
            { class: 'failed' },
            `It failed when the history was watched: ${statement.effect.failed.message}`,
          ),
        ]),
    renderSql(statement.sql, statement.line, statement.size),
  ];
}

function renderWhy(text: string, reason: Reason | null): HTMLElement {
  if (reason === null) return h('p', { class: 'why' }, `Left out: ${text}.`);
  return h(
    'ol',
    { class: 'chain', 'aria-label': 'Why it is kept' },
    getChainWords(reason).map(([words, name]) =>
      h('li', {}, h('span', { class: 'chain-words' }, words), ' ', h('span', { class: 'chain-name' }, name)),
    ),
    h('li', { class: 'chain-end' }, renderKept(reason)),
  );
}

function renderSubjects(browser: Browser, statement: ReportStatement): Child {
  const subjects = browser.getSubjects(statement);
  return subjects.length === 0 ? null : ` · about ${renderFew(subjects, 6)}`;
}

/** What is searched in a statement, in lower case. */
export function getSearchText(browser: Browser, ordinal: number, note: string): string {
  const { statements, migrations } = browser.report.history;
  const { sql, file, migration, line } = statements[ordinal]!;
  return `${file ?? migrations[migration]!}:${line} ${note} ${sql}`.toLowerCase();
}

/** The reason of a kept statement in one line. */
export function getKeptNote(reason: Reason): RowNote {
  return { text: renderReason(reason), reason };
}
