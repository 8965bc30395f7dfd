import { renderBytes } from '../report/measure.js';
import {
  EMPTY_WORDS,
  renderCodeSteps,
  renderLeftOutWhy,
  renderPart,
  renderShare,
} from '../report/page-words.js';
import { type Browser, type Choice, getShortName } from './browse.js';
import { createCommand } from './command.js';
import { h, replace } from './dom.js';
import type { LazyList } from './lazy-list.js';
import { createSearchBox } from './search-box.js';
import { createStatementList, type ListedStatement } from './statement-list.js';
import { getKeptNote } from './statement-row.js';
import type { State, Store } from './store.js';
import type { View } from './view.js';

/** The statements that the chosen tables need, or, with `leftOut`, those that they do not. */
export function createSliceView(browser: Browser, store: Store, panel: HTMLElement, leftOut: boolean): View {
  const head = h('div', { class: 'slice-head' });
  const search = createSearchBox('Search statements (f)', (statementSearch) =>
    store.set({ statementSearch }),
  );
  search.classList.add('statement-search');
  const body = h('div', { class: 'slice-body' });
  panel.append(head, search, body);
  let list: LazyList | null = null;

  const getListed = (choice: Choice): readonly ListedStatement[] =>
    leftOut
      ? choice.leftOut.map((ordinal) => ({
          ordinal,
          note: { text: getLeftOutWhy(browser, ordinal), reason: null },
        }))
      : [...choice.kept].map(([ordinal, reason]) => ({ ordinal, note: getKeptNote(reason) }));

  return {
    render: (state, before) => {
      const isSame = (['chosen', 'alone', 'statementSearch'] as const).every(
        (key) => state[key] === before?.[key],
      );
      if (isSame) return;
      const choice = browser.getChoice(state.chosen, state.alone);
      const listed = getListed(choice);
      replace(head, leftOut ? renderLeftOutHead(browser, choice) : renderHead(browser, store, state, choice));
      if (document.activeElement !== search) search.value = state.statementSearch;
      search.hidden = listed.length === 0;
      list = createStatementList(browser, listed, state.statementSearch);
      const none = choice.isWhole ? EMPTY_WORDS.nothingLeftOut : EMPTY_WORDS.allNeeded;
      const empty = listed.length === 0 ? none : EMPTY_WORDS.statements;
      replace(body, list?.element ?? h('p', { class: 'empty' }, empty));
    },
    getCount: (state) => {
      const choice = browser.getChoice(state.chosen, state.alone);
      return leftOut ? choice.leftOut.length : choice.kept.size;
    },
    prepareForPrint: () => {
      list?.fillAll();
      return () => undefined;
    },
    move: (step) => list?.move('.statement > summary', step),
  };
}

function getLeftOutWhy(browser: Browser, ordinal: number): string {
  const statement = browser.report.history.statements[ordinal]!;
  const { idle, failed } = statement.effect;
  return renderLeftOutWhy(
    { isIdle: idle === true, hasFailed: failed !== undefined },
    browser.getSubjects(statement),
  );
}

function renderHead(browser: Browser, store: Store, state: State, choice: Choice): HTMLElement {
  const { history } = browser.report;
  const total = history.statements.length;
  const all = history.statements.reduce((sum, { size }) => sum + size, 0);
  const drawn = [...choice.tables].filter((name) => !state.chosen.includes(name)).map(getShortName);
  const order = [...choice.kept.values()].filter(({ why }) => why === 'order').length;
  const facts = [
    `${renderShare(choice.kept.size, total)} of the history`,
    `${choice.migrations} of ${history.migrations.length} files`,
    `${renderBytes(choice.size)} of ${renderBytes(all)} of SQL`,
    ...(order === 0 ? [] : [`${order} of them only so that later requests still fit`]),
  ];
  const alone = h('input', {
    type: 'checkbox',
    onChange: (event: Event) => store.set({ alone: (event.target as HTMLInputElement).checked }),
  });
  alone.checked = state.alone;
  return h(
    'div',
    {},
    h('h2', {}, choice.isWhole ? 'The whole history' : state.chosen.map(getShortName).join(', ')),
    h(
      'p',
      { class: 'figures' },
      h('strong', {}, renderPart(choice.kept.size, total)),
      ` · ${facts.join(' · ')}`,
    ),
    h('div', { class: 'bar', 'aria-hidden': 'true' }, createBar(choice.kept.size / Math.max(1, total))),
    history.codeSteps.length === 0
      ? null
      : h('p', { class: 'hint' }, renderCodeSteps(history.codeSteps.map(([name]) => name))),
    choice.isWhole
      ? h('p', { class: 'hint' }, 'Choose tables to see only the statements that they need.')
      : [
          drawn.length === 0
            ? h('p', { class: 'hint' }, 'It makes no other table.')
            : h('p', { class: 'hint' }, 'It makes also ', drawn.join(', '), '.'),
          h('label', { class: 'toggle' }, alone, 'a database for this choice only, as with --alone'),
          createCommand(getPlanCommand(browser, state)),
        ],
  );
}

function createBar(share: number): HTMLElement {
  const bar = h('div', {});
  bar.style.width = `${Math.max(0.5, share * 100)}%`;
  return bar;
}

function renderLeftOutHead(browser: Browser, choice: Choice): HTMLElement {
  const { statements } = browser.report.history;
  const idle = choice.leftOut.filter((ordinal) => statements[ordinal]!.effect.idle === true).length;
  const parts = [
    [choice.leftOut.length - idle, 'not needed'],
    [idle, 'without effect when the history ran'],
  ] as const;
  const words = parts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`);
  return h(
    'div',
    {},
    h('h2', {}, 'Left out'),
    h(
      'p',
      { class: 'figures' },
      h('strong', {}, renderPart(choice.leftOut.length, statements.length)),
      words.length === 0 ? null : ` · ${words.join(' · ')}`,
    ),
  );
}

function getPlanCommand(browser: Browser, { chosen, alone }: State): string {
  const tables = chosen.map(getShortName).join(',');
  const quote = (text: string): string =>
    /^[\w./,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const { location } = browser.report.history;
  return `plinth plan --migrations ${quote(location)} --tables ${quote(tables)}${alone ? ' --alone' : ''}`;
}
