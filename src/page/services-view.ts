import { renderCount, renderDuration } from '../report/measure.js';
import { EMPTY_WORDS, renderMinute } from '../report/page-words.js';
import { type Browser, getShortName } from './browse.js';
import { createCommand } from './command.js';
import { type Child, h, replace } from './dom.js';
import type { Store } from './store.js';
import type { View } from './view.js';

/** Which services use which tables, and when they last looked. */
export function createServicesView(browser: Browser, store: Store, panel: HTMLElement): View {
  const { usage } = browser.report;
  return {
    render: () => replace(panel, renderUsage(browser, store)),
    getCount: () => usage?.services.length ?? null,
  };
}

function renderUsage(browser: Browser, store: Store): Child {
  const { usage, history } = browser.report;
  const begin = `plinth report --migrations ${history.location} --html report.html --url postgres://…`;
  if (usage === null) return renderEmpty(EMPTY_WORDS.noTarget, EMPTY_WORDS.noTargetHint, begin);
  if (usage.services.length === 0) {
    const apply = `plinth apply --migrations ${history.location} --tables … --service checkout`;
    return [
      h('h2', {}, usage.target),
      renderEmpty(EMPTY_WORDS.noServices, EMPTY_WORDS.noServicesHint, apply),
    ];
  }
  const used = [...new Set(usage.services.flatMap(({ tables }) => tables))].sort();
  return [
    h('h2', {}, `Services in ${usage.target}`),
    renderTable(
      ['Service', 'Tables', 'Last found to have them', ''],
      usage.services.map(({ name, tables, at }) => {
        const known = tables.filter((table) => browser.tables.has(table));
        const choose = (): void => store.set({ chosen: known, view: 'slice' });
        return [
          h('strong', {}, name),
          tables.length === 0 ? 'the whole history' : tables.map(getShortName).join(', '),
          renderMinute(at),
          known.length === 0
            ? ''
            : h('button', { type: 'button', class: 'quiet', onClick: choose }, `Show what ${name} needs`),
        ];
      }),
    ),
    h('h3', {}, `Tables (${used.length})`),
    renderTable(
      ['Table', 'Used by'],
      used.map((table) => [
        browser.tables.has(table)
          ? getShortName(table)
          : `${getShortName(table)} (no longer in this history)`,
        browser.getServices(table).join(', '),
      ]),
    ),
    usage.runs.length === 0
      ? null
      : [
          h('h3', {}, 'Latest runs'),
          renderTable(
            ['Service', 'Began', 'Took', 'Outcome'],
            usage.runs.map(({ service, startedAt, elapsedMs, outcome }) => [
              service,
              renderMinute(startedAt),
              elapsedMs === null ? '' : renderDuration(elapsedMs),
              outcome,
            ]),
          ),
        ],
    h(
      'p',
      { class: 'hint' },
      `${renderCount(history.tables.length - used.filter((table) => browser.tables.has(table)).length, 'table')} of this history are asked for by nobody there by name.`,
    ),
  ];
}

/** A table of HTML. */
export function renderTable(heads: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': heads.filter(Boolean).join(', ') },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((head) => (head === '' ? h('td', {}) : h('th', { scope: 'col' }, head))),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((cells) =>
          h(
            'tr',
            {},
            cells.map((cell) => h('td', {}, cell)),
          ),
        ),
      ),
    ),
  );
}

/** What to do where there is nothing to show. */
export function renderEmpty(words: string, hint: string, command: string): HTMLElement {
  return h(
    'div',
    { class: 'empty' },
    h('p', {}, h('strong', {}, words)),
    h('p', {}, hint),
    createCommand(command),
  );
}
