import { renderCount } from '../report/measure.js';
import { type Browser, getShortName } from './browse.js';
import { h, replace } from './dom.js';
import { getNeighbour } from './graph-keys.js';
import { type GraphLayout, getGraphLayout, getReducedEdges, type PlacedNode } from './graph-layout.js';
import { createStage } from './graph-stage.js';
import { type Drawing, drawGraph, getBoxes } from './graph-svg.js';
import type { LayoutRequest, LayoutWorker } from './layout-worker.js';
import type { State, Store } from './store.js';
import { createTableCard } from './table-card.js';
import type { View } from './view.js';

/** Graphs of more lines than this begin without those that others imply. */
const MANY_LINES = 80;
/** Graphs of more tables than this are laid out in a worker. */
const MANY_TABLES = 100;

export interface GraphView extends View {
  zoomBy(factor: number): void;
  fit(): void;
}

/** The tables, or those that the chosen ones need, and what stands on what. */
export function createGraphView(
  browser: Browser,
  store: Store,
  panel: HTMLElement,
  worker: LayoutWorker,
): GraphView {
  const stage = createStage('Tables, each left of what it stands on');
  const caption = h('p', { class: 'graph-caption', role: 'status' });
  const card = h('aside', { class: 'card', 'aria-label': 'About the table' });
  const implied = h('input', { type: 'checkbox' });
  const only = h('input', { type: 'checkbox' });
  only.checked = true;
  const onlyLabel = h('label', { class: 'toggle' }, only, 'only what the choice needs');
  const impliedLabel = h('label', { class: 'toggle' }, implied, 'implied lines too');
  const layouts = new Map<string, GraphLayout>();
  let layout: GraphLayout | null = null;
  let drawing: Drawing | null = null;
  let isImpliedGiven = false;
  let turn = 0;

  const getNode = (name: string): PlacedNode | undefined => layout?.nodes.find((node) => node.name === name);
  const fit = (): void => {
    if (layout !== null) stage.fit(layout);
  };
  const getNames = ({ chosen }: State): ReadonlySet<string> =>
    only.checked && chosen.length > 0
      ? browser.getReached(chosen, 'foundations')
      : new Set(browser.tables.keys());

  /** What is to be drawn, and what to lay out for it. */
  const getRequest = (state: State): { names: ReadonlySet<string>; request: LayoutRequest } => {
    const names = getNames(state);
    const ordered = [...browser.tables.keys()].filter((name) => names.has(name));
    const all = ordered.flatMap((from) =>
      browser.foundations
        .get(from)!
        .filter(({ table }) => names.has(table))
        .map(({ table }) => [from, table] as const),
    );
    const reduced = getReducedEdges(all);
    if (!isImpliedGiven) implied.checked = all.length <= MANY_LINES;
    impliedLabel.hidden = reduced.length === all.length;
    const width = Math.max(600, stage.frame.getBoundingClientRect().width - 40);
    return { names, request: [getBoxes(browser, ordered), implied.checked ? all : reduced, width] };
  };

  const draw = (state: State, names: ReadonlySet<string>, found: GraphLayout): void => {
    layout = found;
    drawing = drawGraph(browser, layout);
    stage.canvas.replaceChildren(drawing.root);
    const isPart = names.size < browser.tables.size;
    const what = isPart ? state.chosen.map(getShortName).join(', ') : 'The whole history';
    caption.textContent = `${what}: ${renderCount(names.size, 'table')}, each left of what it stands on.`;
    stage.begin(layout, getNode(isPart ? state.chosen[0]! : getMostStoodOn(browser)));
    show(state);
  };

  const show = (state: State): void => {
    onlyLabel.hidden = state.chosen.length === 0;
    if (drawing !== null) {
      drawing.setSizes(state.alone);
      setMarks(browser, stage.picture, drawing, state);
    }
    replace(card, createTableCard(browser, store, state.focus));
  };

  /** Large layouts take a moment: they are made beside the page, and what came meanwhile is drawn instead. */
  const redraw = (): void => {
    turn += 1;
    const own = turn;
    const { names, request } = getRequest(store.state);
    const key = JSON.stringify([implied.checked, request[0].map(({ name }) => name)]);
    const known = layouts.get(key) ?? (names.size <= MANY_TABLES ? getGraphLayout(...request) : null);
    const finish = (found: GraphLayout): void => {
      layouts.set(key, found);
      if (own === turn) draw(store.state, names, found);
    };
    if (known !== null) finish(known);
    else {
      caption.textContent = 'Laying out…';
      void worker.getLayout(request).then(finish);
    }
  };
  implied.addEventListener('change', () => {
    isImpliedGiven = true;
    redraw();
  });
  only.addEventListener('change', redraw);

  const button = (label: string, text: string, run: () => void): HTMLElement =>
    h('button', { type: 'button', class: 'quiet', 'aria-label': label, title: label, onClick: run }, text);
  panel.append(
    h(
      'div',
      { class: 'graph-tools' },
      caption,
      onlyLabel,
      impliedLabel,
      h(
        'span',
        { class: 'zoom' },
        button('Zoom out (−)', '−', () => stage.zoomBy(1 / 1.3)),
        button('Zoom in (+)', '+', () => stage.zoomBy(1.3)),
        button('Fit (0)', 'Fit', fit),
      ),
    ),
    h('div', { class: 'graph-body' }, stage.frame, card),
  );

  const onTable = (type: string, run: (table: string, event: Event) => void): void =>
    stage.canvas.addEventListener(type, (event) => {
      const table = (event.target as Element).closest('[data-table]')?.getAttribute('data-table');
      if (table !== null && table !== undefined) run(table, event);
    });
  const toggle = (table: string): void => {
    store.toggle(table);
    drawing?.nodes.get(table)?.focus({ preventScroll: true });
  };
  const focus = (table: string): void => {
    if (table !== store.state.focus) store.set({ focus: table });
  };
  onTable('click', toggle);
  onTable('pointerover', focus);
  onTable('focusin', focus);
  onTable('keydown', (table, event) => {
    const { key } = event as KeyboardEvent;
    const next = layout === null ? null : getNeighbour(layout, table, key);
    if (key !== ' ' && key !== 'Enter' && next === null) return;
    event.preventDefault();
    if (next === null) toggle(table);
    else {
      drawing?.nodes.get(next)?.focus({ preventScroll: true });
      stage.bringIntoView(getNode(next)!);
    }
  });

  return {
    render: (state, before) => {
      const isOther = before === null || (state.chosen !== before.chosen && only.checked);
      if (isOther) redraw();
      show(state);
      const search = state.tableSearch.trim().toLowerCase();
      if (search === '' || state.tableSearch === before?.tableSearch) return;
      const found = layout?.nodes.find(({ name }) => name.toLowerCase().includes(search));
      if (found !== undefined) stage.bringIntoView(found);
    },
    getCount: () => null,
    zoomBy: stage.zoomBy,
    fit,
    prepareForPrint: () => (layout === null ? () => undefined : stage.setForPrint(layout)),
  };
}

/** Sets what is chosen, needed, searched for, and what hangs together with the table that is looked at. */
function setMarks(browser: Browser, picture: SVGSVGElement, drawing: Drawing, state: State): void {
  const { chosen, focus, tableSearch } = state;
  const search = tableSearch.trim().toLowerCase();
  const from = focus === null ? [] : [focus];
  const below = browser.getReached(from, 'foundations');
  const above = browser.getReached(from, 'dependents');
  const needed = browser.getReached(chosen, 'foundations');
  picture.classList.toggle('has-focus', focus !== null && drawing.nodes.has(focus));
  for (const [name, node] of drawing.nodes) {
    const isChosen = chosen.includes(name);
    const isFound = name.toLowerCase().includes(search);
    node.setAttribute('aria-pressed', String(isChosen));
    node.setAttribute('tabindex', '-1');
    const marks = {
      chosen: isChosen,
      needed: !isChosen && needed.has(name),
      on: below.has(name) || above.has(name),
      focus: name === focus,
      found: search !== '' && isFound,
      'not-found': search !== '' && !isFound,
    };
    for (const [mark, isSet] of Object.entries(marks)) node.classList.toggle(mark, isSet);
  }
  // One table at a time is in the tab order; the arrows lead to the others.
  const entry = drawing.nodes.get(focus ?? '') ?? [...drawing.nodes.values()][0];
  entry?.setAttribute('tabindex', '0');
  for (const { edge, path } of drawing.edges) {
    const isOn = (below.has(edge.from) && below.has(edge.to)) || (above.has(edge.from) && above.has(edge.to));
    path.classList.toggle('on', isOn);
    path.setAttribute('marker-end', `url(#${isOn ? 'arrow-on' : 'arrow'})`);
  }
}

function getMostStoodOn({ dependents }: Browser): string {
  const sorted = [...dependents].sort((a, b) => b[1].length - a[1].length);
  return sorted[0]?.[0] ?? '';
}
