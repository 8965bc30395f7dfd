import { select } from 'd3-selection';
import { zoom as createZoom, zoomIdentity } from 'd3-zoom';
import { renderCount } from '../report/measure.js';
import { type Browser, getShortName } from './browse.js';
import { h, replace, svg } from './dom.js';
import { getNeighbour } from './graph-keys.js';
import { type GraphLayout, getGraphLayout, getReducedEdges } from './graph-layout.js';
import { createDefinitions, type Drawing, drawGraph, getBoxes } from './graph-svg.js';
import type { State, Store } from './store.js';
import { createTableCard } from './table-card.js';
import type { View } from './view.js';

const MARGIN = 20;
/** Below it names cannot be read: a large graph begins at this size, and is moved about. */
const LEGIBLE = 0.62;
/** Graphs of more lines than this begin without those that others imply. */
const MANY_LINES = 80;

export interface GraphView extends View {
  zoomBy(factor: number): void;
  fit(): void;
}

/** The tables, or those that the chosen ones need, and what stands on what. */
export function createGraphView(browser: Browser, store: Store, panel: HTMLElement): GraphView {
  const canvas = svg('g', {});
  const picture = svg(
    'svg',
    { class: 'graph', role: 'group', 'aria-label': 'Tables, each left of what it stands on' },
    createDefinitions(),
    canvas,
  );
  const caption = h('p', { class: 'graph-caption' });
  const card = h('aside', { class: 'card', 'aria-label': 'The table' });
  const implied = h('input', { type: 'checkbox' });
  const only = h('input', { type: 'checkbox' });
  only.checked = true;
  const onlyLabel = h('label', { class: 'toggle' }, only, ' only what the choice needs');
  const impliedLabel = h('label', { class: 'toggle' }, implied, ' implied lines too');
  const button = (label: string, text: string, run: () => void): HTMLElement =>
    h('button', { type: 'button', class: 'quiet', 'aria-label': label, title: label, onClick: run }, text);
  const frame = h('div', { class: 'graph-frame' }, picture);
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
        button('Zoom out (−)', '−', () => view.zoomBy(1 / 1.3)),
        button('Zoom in (+)', '+', () => view.zoomBy(1.3)),
        button('Fit (0)', 'Fit', () => view.fit()),
      ),
    ),
    h('div', { class: 'graph-body' }, frame, card),
  );

  let layout: GraphLayout | null = null;
  let drawing: Drawing | null = null;
  let hasChosenLines = false;
  const zoom = createZoom<SVGSVGElement, unknown>()
    .scaleExtent([0.05, 2.5])
    .on('zoom', ({ transform }: { transform: { toString(): string } }) =>
      canvas.setAttribute('transform', transform.toString()),
    );
  const stage = select(picture).call(zoom).on('dblclick.zoom', null);

  const place = (least: number): void => {
    if (layout === null || layout.width === 0) return;
    const { width, height } = frame.getBoundingClientRect();
    const fitting = Math.min((width - MARGIN * 2) / layout.width, (height - MARGIN * 2) / layout.height);
    const scale = Math.min(1.15, Math.max(least, fitting));
    const inset = (space: number, size: number): number => Math.max(MARGIN, (space - size * scale) / 2);
    stage.call(
      zoom.transform,
      zoomIdentity.translate(inset(width, layout.width), inset(height, layout.height)).scale(scale),
    );
  };

  const draw = (state: State): void => {
    const isPart = only.checked && state.chosen.length > 0;
    const names = isPart ? browser.getReached(state.chosen, 'foundations') : new Set(browser.tables.keys());
    const all = [...names].flatMap((from) =>
      (browser.foundations.get(from) ?? [])
        .filter(({ table }) => names.has(table))
        .map(({ table }) => [from, table] as const),
    );
    const reduced = getReducedEdges(all);
    if (!hasChosenLines) implied.checked = all.length <= MANY_LINES;
    impliedLabel.hidden = reduced.length === all.length;
    onlyLabel.hidden = state.chosen.length === 0;
    const { width } = frame.getBoundingClientRect();
    const ordered = [...browser.tables.keys()].filter((name) => names.has(name));
    layout = getGraphLayout(
      getBoxes(browser, ordered),
      implied.checked ? all : reduced,
      Math.max(600, width - MARGIN * 2),
    );
    drawing = drawGraph(browser, layout);
    canvas.replaceChildren(drawing.root);
    const what = isPart ? state.chosen.map(getShortName).join(', ') : 'The whole history';
    caption.textContent = `${what}: ${renderCount(names.size, 'table')}, each left of what it stands on.`;
    place(LEGIBLE);
  };

  const show = ({ chosen, focus, tableSearch }: State): void => {
    if (drawing === null) return;
    const search = tableSearch.trim().toLowerCase();
    const below = focus === null ? new Set<string>() : browser.getReached([focus], 'foundations');
    const above = focus === null ? new Set<string>() : browser.getReached([focus], 'dependents');
    const needed = browser.getReached(chosen, 'foundations');
    const isRelated = (name: string): boolean => below.has(name) || above.has(name);
    picture.classList.toggle('has-focus', focus !== null && drawing.nodes.has(focus));
    for (const [name, node] of drawing.nodes) {
      const isChosen = chosen.includes(name);
      node.setAttribute('aria-pressed', String(isChosen));
      node.classList.toggle('chosen', isChosen);
      node.classList.toggle('needed', !isChosen && needed.has(name));
      node.classList.toggle('on', isRelated(name));
      node.classList.toggle('focus', name === focus);
      node.classList.toggle('found', search !== '' && name.toLowerCase().includes(search));
      node.classList.toggle('not-found', search !== '' && !name.toLowerCase().includes(search));
      node.setAttribute('tabindex', '-1');
    }
    const entry = drawing.nodes.get(focus ?? '') ?? [...drawing.nodes.values()][0];
    entry?.setAttribute('tabindex', '0');
    for (const { edge, path } of drawing.edges) {
      const isOn =
        (below.has(edge.from) && below.has(edge.to)) || (above.has(edge.from) && above.has(edge.to));
      path.classList.toggle('on', isOn);
      path.setAttribute('marker-end', `url(#${isOn ? 'arrow-on' : 'arrow'})`);
    }
    replace(card, createTableCard(browser, store, focus));
  };

  const redraw = (): void => {
    hasChosenLines = true;
    draw(store.state);
    show(store.state);
  };
  implied.addEventListener('change', redraw);
  only.addEventListener('change', redraw);

  const getTable = ({ target }: Event): string | null =>
    (target as Element).closest('[data-table]')?.getAttribute('data-table') ?? null;
  canvas.addEventListener('click', (event) => {
    const table = getTable(event);
    if (table === null) return;
    store.set({ focus: table });
    store.toggle(table);
  });
  canvas.addEventListener('pointerover', (event) => {
    const table = getTable(event);
    if (table !== null && table !== store.state.focus) store.set({ focus: table });
  });
  canvas.addEventListener('focusin', (event) => {
    const table = getTable(event);
    if (table !== null && table !== store.state.focus) store.set({ focus: table });
  });
  canvas.addEventListener('keydown', (event) => {
    const table = getTable(event);
    if (table === null || layout === null) return;
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      store.toggle(table);
      drawing?.nodes.get(table)?.focus();
      return;
    }
    const next = getNeighbour(layout, table, event.key);
    if (next === null) return;
    event.preventDefault();
    drawing?.nodes.get(next)?.focus();
    bringIntoView(next);
  });

  /** Moves the picture so that a table is in it. */
  const bringIntoView = (name: string): void => {
    const node = drawing?.nodes.get(name)?.getBoundingClientRect();
    const outer = frame.getBoundingClientRect();
    if (node === undefined) return;
    const isInside =
      node.left >= outer.left &&
      node.right <= outer.right &&
      node.top >= outer.top &&
      node.bottom <= outer.bottom;
    if (isInside) return;
    const box = layout!.nodes.find((each) => each.name === name)!;
    stage.call(zoom.translateTo, box.x + box.width / 2, box.y + box.height / 2);
  };

  const view: GraphView = {
    render: (state, before) => {
      const isNew = drawing === null || state.chosen !== before?.chosen;
      if (drawing === null || (isNew && (only.checked || before === null))) draw(state);
      show(state);
      const found = state.tableSearch.trim().toLowerCase();
      if (found !== '' && state.tableSearch !== before?.tableSearch) {
        const first = layout?.nodes.find(({ name }) => name.toLowerCase().includes(found));
        if (first !== undefined) bringIntoView(first.name);
      }
    },
    getCount: () => null,
    zoomBy: (factor) => void stage.call(zoom.scaleBy, factor),
    fit: () => place(0),
    prepareForPrint: () => {
      if (layout === null) return () => undefined;
      const transform = canvas.getAttribute('transform');
      canvas.removeAttribute('transform');
      picture.setAttribute('viewBox', `-4 -4 ${layout.width + 8} ${layout.height + 8}`);
      picture.style.aspectRatio = `${layout.width + 8} / ${layout.height + 8}`;
      return () => {
        picture.removeAttribute('viewBox');
        picture.style.aspectRatio = '';
        if (transform !== null) canvas.setAttribute('transform', transform);
      };
    },
  };
  return view;
}
