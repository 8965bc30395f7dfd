import type { Difference } from '../model/fact.js';
import type { ReportChanges, StatementChange, TableChange } from '../model/report.js';
import { getKindWords } from '../report/kind-words.js';
import { renderCount } from '../report/measure.js';
import {
  CHANGE_WORDS,
  EMPTY_WORDS,
  renderChangedFact,
  renderFew,
  renderServer,
} from '../report/page-words.js';
import { type Browser, getShortName } from './browse.js';
import { type Child, h, replace } from './dom.js';
import { createLazyList, type LazyList } from './lazy-list.js';
import { renderEmpty, renderTable } from './services-view.js';
import { renderStatementRow } from './statement-row.js';
import type { Store } from './store.js';
import type { View } from './view.js';

/** What changed since an earlier lock file: tables and their slices, statements, the catalogue at the end. */
export function createChangesView(browser: Browser, store: Store, panel: HTMLElement): View {
  const { changes, history } = browser.report;
  let list: LazyList | null = null;
  const render = (): Child => {
    if (changes === null) {
      const command = `plinth report --migrations ${history.location} --html report.html --against base.lock.json`;
      return renderEmpty(EMPTY_WORDS.noAgainst, EMPTY_WORDS.noAgainstHint, command);
    }
    const { statementChanges, tableChanges, differences, server } = changes;
    if (statementChanges.length + tableChanges.length + differences.length === 0) {
      return [h('h2', {}, `Since ${changes.path}`), h('p', { class: 'empty' }, EMPTY_WORDS.noChanges)];
    }
    list = createLazyList([
      {
        heading: null,
        count: statementChanges.length,
        render: (index) => renderChange(browser, statementChanges[index]!),
      },
    ]);
    return [
      h('h2', {}, `Since ${changes.path}`),
      h('p', { class: 'figures' }, renderTotals(browser, changes)),
      server === history.server
        ? null
        : h(
            'p',
            { class: 'hint' },
            `It was watched on ${renderServer(server)} then, and on ${renderServer(history.server)} now.`,
          ),
      renderTables(store, tableChanges),
      history.tables.some(({ proof }) => proof !== null)
        ? null
        : h('p', { class: 'hint' }, EMPTY_WORDS.notProved),
      h('h3', {}, `Statements (${statementChanges.length})`),
      statementChanges.length === 0
        ? h('p', { class: 'hint' }, 'The statements are the same.')
        : list.element,
      h('h3', {}, `The catalogue at the end (${renderCount(differences.length, 'difference')})`),
      differences.length === 0
        ? h('p', { class: 'hint' }, 'The history leaves the same as before.')
        : renderDifferences(differences),
    ];
  };
  return {
    render: (_state, before) => {
      if (before === null) replace(panel, render());
    },
    getCount: () => (changes === null ? null : changes.statementChanges.length),
    prepareForPrint: () => {
      list?.fillAll();
      return () => undefined;
    },
    move: (step) => list?.move('.statement > summary, .removed-statement', step),
  };
}

function renderTotals({ report }: Browser, { statements, tables, statementChanges }: ReportChanges): string {
  const { history } = report;
  const kinds = (['added', 'changed', 'removed'] as const).map((change) => {
    const count = statementChanges.filter((each) => each.change === change).length;
    return `${count} ${CHANGE_WORDS[change]}`;
  });
  return [
    kinds.join(', '),
    `${renderCount(statements, 'statement')} then, ${history.statements.length} now`,
    `${renderCount(tables, 'table')} then, ${history.tables.length} now`,
  ].join(' · ');
}

function renderTables(store: Store, changes: readonly TableChange[]): Child {
  const heading = h('h3', {}, `Tables (${changes.length})`);
  if (changes.length === 0)
    return [heading, h('p', { class: 'hint' }, 'Every table has the same slice as before.')];
  const rows = changes.map(({ name, change, before, now, gained, lost, proof }) => {
    const show = (): void => store.set({ chosen: [name], view: 'slice' });
    const [was, is] = [proof.before, proof.now].map((each) => each?.replace('-', ' ') ?? 'not proved');
    return [
      h('span', { class: `badge badge-${change}` }, CHANGE_WORDS[change]),
      now === null
        ? getShortName(name)
        : h('button', { type: 'button', class: 'link', onClick: show }, getShortName(name)),
      before === null ? '–' : String(before),
      now === null ? '–' : String(now),
      gained.length + lost === 0 ? '' : `+${gained.length} −${lost}`,
      was === is || change === 'removed' ? '' : change === 'added' ? is! : `${was} → ${is}`,
    ];
  });
  const hasProof = rows.some((row) => row[5] !== '');
  const heads = ['Change', 'Table', 'Statements then', 'Now', 'Difference', ...(hasProof ? ['Proof'] : [])];
  return [heading, renderTable(heads, hasProof ? rows : rows.map((row) => row.slice(0, 5)))];
}

function renderChange(browser: Browser, { change, now, before }: StatementChange): HTMLElement {
  if (now !== null) {
    const place = getPlace(browser, now);
    return renderStatementRow(browser, now, { text: place, badge: change }, '');
  }
  const { kind, line, writes } = before!;
  const about = writes.length === 0 ? '' : ` · about ${renderFew(writes.map(getShortName), 6)}`;
  return h(
    'p',
    { class: 'removed-statement', tabindex: -1 },
    h('span', { class: 'line' }, String(line)),
    h('span', { class: 'badge badge-removed' }, CHANGE_WORDS.removed),
    `${getKindWords(kind)}${about}`,
  );
}

function getPlace({ report }: Browser, ordinal: number): string {
  const { statements, migrations } = report.history;
  const { file, migration } = statements[ordinal]!;
  return file ?? migrations[migration]!;
}

function renderDifferences(differences: readonly Difference[]): HTMLElement {
  const byObject = new Map<string, Difference[]>();
  for (const difference of differences) {
    byObject.set(difference.object, [...(byObject.get(difference.object) ?? []), difference]);
  }
  return h(
    'dl',
    { class: 'differences' },
    [...byObject].map(([object, own]) => [
      h('dt', {}, object),
      own.map((difference) => h('dd', {}, renderChangedFact(difference))),
    ]),
  );
}
