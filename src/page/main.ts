import type { Report } from '../model/report.js';
import { renderCount } from '../report/measure.js';
import { renderMinute, renderServer } from '../report/page-words.js';
import { createBrowser } from './browse.js';
import { createChangesView } from './changes-view.js';
import { h } from './dom.js';
import { createGraphView } from './graph-view.js';
import { createHelp } from './help.js';
import { startKeys } from './keys.js';
import { createLayoutWorker, serveLayouts } from './layout-worker.js';
import { createServicesView } from './services-view.js';
import { createSidebar } from './sidebar.js';
import { createSliceView } from './slice-view.js';
import { createStore, VIEWS, type ViewName } from './store.js';
import { createTabs } from './tabs.js';
import { startTheme } from './theme.js';
import type { View } from './view.js';

// The same script lays out large graphs in a worker.
if (typeof document === 'undefined') serveLayouts();
else {
  const read = (id: string): unknown => JSON.parse(document.getElementById(id)!.textContent);
  start(read('report') as Report, read('licenses') as string, document.currentScript!.textContent!);
}

function start(report: Report, licenses: string, source: string): void {
  const { history } = report;
  const browser = createBrowser(report);
  const store = createStore(
    history.tables.map(({ name }) => name),
    report.chosen,
  );
  const theme = h('button', { type: 'button', class: 'quiet' });
  const help = createHelp(report.version, licenses);
  const openHelp = (): void => (help.open ? help.close() : help.showModal());
  const facts = [
    history.format,
    renderCount(history.migrations.length, 'file'),
    renderCount(history.statements.length, 'statement'),
    renderCount(history.tables.length, 'table'),
    renderServer(history.server),
    renderMinute(report.madeAt),
  ];
  const tabs = createTabs(store);
  const aside = h('aside', { class: 'side', 'aria-label': 'Tables' });
  const main = h('main', { id: 'main' }, tabs.list, Object.values(tabs.panels));
  document.body.append(
    h('a', { class: 'skip', href: '#main', onClick: skip }, 'To the content'),
    h(
      'header',
      { class: 'top' },
      h('div', {}, h('h1', {}, history.title), h('p', { class: 'facts' }, facts.join(' · '))),
      h(
        'div',
        { class: 'buttons' },
        theme,
        h('button', { type: 'button', class: 'quiet', 'aria-label': 'Help (?)', onClick: openHelp }, '?'),
      ),
    ),
    h('div', { class: 'body' }, aside, main),
    help,
  );
  const sidebar = createSidebar(browser, store, aside);
  const graph = createGraphView(browser, store, tabs.panels.graph, createLayoutWorker(source));
  const views: Readonly<Record<ViewName, View>> = {
    graph,
    slice: createSliceView(browser, store, tabs.panels.slice, false),
    'left-out': createSliceView(browser, store, tabs.panels['left-out'], true),
    services: createServicesView(browser, store, tabs.panels.services),
    changes: createChangesView(browser, store, tabs.panels.changes),
  };

  // A view is brought up to date when it is shown, and not before.
  const shown = new Map<ViewName, typeof store.state>();
  const render = (before: typeof store.state | null): void => {
    const { state } = store;
    sidebar.render(state, before);
    tabs.render(state, views);
    const last = shown.get(state.view) ?? null;
    if (last === null || isOther(state, last)) views[state.view].render(state, last);
    shown.set(state.view, state);
  };
  store.subscribe((_, before) => render(before));
  render(null);

  const { toggle } = startTheme(theme);
  const show = (view: ViewName) => (): void => store.set({ view });
  startKeys({
    '/': () => sidebar.search.focus(),
    f: () => {
      if (store.state.view !== 'left-out') store.set({ view: 'slice' });
      tabs.panels[store.state.view].querySelector<HTMLInputElement>('.statement-search')?.focus();
    },
    j: () => views[store.state.view].move?.(1),
    k: () => views[store.state.view].move?.(-1),
    x: () => store.set({ chosen: [] }),
    t: toggle,
    '?': openHelp,
    '+': () => graph.zoomBy(1.3),
    '-': () => graph.zoomBy(1 / 1.3),
    '0': () => graph.fit(),
    ...Object.fromEntries(VIEWS.map((view, index) => [String(index + 1), show(view)])),
  });

  let undo = (): void => undefined;
  addEventListener('beforeprint', () => {
    undo = views[store.state.view].prepareForPrint?.() ?? undo;
  });
  addEventListener('afterprint', () => undo());
}

function skip(event: Event): void {
  // The address holds the choice: the link must not change it.
  event.preventDefault();
  document.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
}

function isOther<T extends object>(one: T, other: T): boolean {
  return (Object.keys(one) as (keyof T)[]).some((key) => one[key] !== other[key]);
}
