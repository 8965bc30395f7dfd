import { renderCount } from '../report/measure.js';
import { EMPTY_WORDS } from '../report/page-words.js';
import { type Browser, getShortName } from './browse.js';
import { breakable, h, mark, replace } from './dom.js';
import { createSearchBox } from './search-box.js';
import type { State, Store } from './store.js';

/** The list of tables to choose from. */
export interface Sidebar {
  readonly search: HTMLInputElement;
  render(state: State, before: State | null): void;
}

/** Makes it in its element. */
export function createSidebar(browser: Browser, store: Store, element: HTMLElement): Sidebar {
  const search = createSearchBox('Search tables (/)', (tableSearch) => store.set({ tableSearch }));
  const note = h('p', { class: 'list-note' });
  const list = h('ul', { class: 'table-list' });
  const clear = h(
    'button',
    { type: 'button', class: 'quiet', onClick: () => store.set({ chosen: [] }) },
    'Choose none',
  );
  element.append(search, h('div', { class: 'list-head' }, note, clear), list);
  const rows = new Map<string, Row>();
  for (const { name } of browser.report.history.tables) {
    rows.set(name, createRow(browser, store, name));
  }

  const getShown = (): Row[] => [...rows.values()].filter(({ item }) => item.isConnected);
  list.addEventListener('keydown', (event) => {
    const shown = getShown();
    const at = shown.findIndex(({ box }) => box === document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    const target = next === undefined ? undefined : shown[next];
    if (target === undefined) return;
    event.preventDefault();
    moveTo(shown, target);
    target.box.focus();
  });

  return {
    search,
    render: (state, before) => {
      if (state.tableSearch !== before?.tableSearch) {
        const found = [...rows].filter(([name]) =>
          name.toLowerCase().includes(state.tableSearch.trim().toLowerCase()),
        );
        replace(
          list,
          found.map(([, row]) => row.item),
        );
        for (const [, row] of found) row.mark(state.tableSearch.trim());
        if (found.length > 0) moveTo(getShown(), found[0]![1]);
      }
      if (state.chosen !== before?.chosen || state.alone !== before.alone) {
        const needed =
          state.chosen.length === 0 ? new Set<string>() : browser.getReached(state.chosen, 'foundations');
        for (const [name, row] of rows) row.update(state, needed.has(name));
      }
      const shown = list.childElementCount;
      const none = rows.size === 0 ? EMPTY_WORDS.tables : EMPTY_WORDS.search;
      const chosen = state.chosen.length === 0 ? '' : ` · ${state.chosen.length} chosen`;
      const count =
        shown === rows.size ? renderCount(shown, 'table') : `${shown} of ${renderCount(rows.size, 'table')}`;
      note.textContent = shown === 0 ? none : `${count}${chosen}`;
      clear.hidden = state.chosen.length === 0;
    },
  };
}

interface Row {
  readonly item: HTMLElement;
  readonly box: HTMLInputElement;
  mark(search: string): void;
  update(state: State, isNeeded: boolean): void;
}

/** One row at a time is in the tab order; the arrows lead to the others. */
function moveTo(rows: readonly Row[], target: Row): void {
  for (const { box } of rows) box.tabIndex = -1;
  target.box.tabIndex = 0;
}

function createRow(browser: Browser, store: Store, table: string): Row {
  const { size, proof, partitions } = browser.tables.get(table)!;
  const box = h('input', { type: 'checkbox', tabindex: -1, onChange: () => store.toggle(table) });
  box.addEventListener('focus', () => store.set({ focus: table }));
  const name = h('span', { class: 'table-name' });
  const count = h('span', { class: 'count' });
  const services = browser.getServices(table);
  const notes = [
    ...(partitions.length === 0 ? [] : [renderCount(partitions.length, 'partition')]),
    ...(services.length === 0 ? [] : [`used by ${renderCount(services.length, 'service')}`]),
    ...(proof === null || proof.standing === 'proven' ? [] : [proof.standing.replace('-', ' ')]),
  ];
  const item = h(
    'li',
    { 'data-table': table },
    h(
      'label',
      {},
      box,
      h(
        'span',
        { class: 'table-label' },
        name,
        notes.length === 0 ? null : h('span', { class: 'notes' }, notes.join(' · ')),
      ),
      count,
    ),
  );
  return {
    item,
    box,
    mark: (search) => replace(name, mark(getShortName(table), search, breakable)),
    update: ({ chosen, alone }, isNeeded) => {
      box.checked = chosen.includes(table);
      item.classList.toggle('needed', isNeeded && !box.checked);
      count.textContent = String(alone ? size.alone : size.shared);
      count.title = `Its slice has ${renderCount(alone ? size.alone : size.shared, 'statement')}.`;
    },
  };
}
