import { renderCount } from '../report/measure.js';
import { type Browser, getShortName } from './browse.js';
import { h, svg } from './dom.js';
import type { GraphLayout, NodeBox, PlacedEdge } from './graph-layout.js';

/** The drawn graph. */
export interface Drawing {
  readonly root: SVGGElement;
  readonly nodes: ReadonlyMap<string, SVGGElement>;
  /** Writes the sizes of slices into the boxes. */
  setSizes(alone: boolean): void;
  readonly edges: readonly { readonly edge: PlacedEdge; readonly path: SVGPathElement }[];
}

const HEIGHT = 30;
const PADDING = 12;

/** The boxes of tables, as wide as their names are. */
export function getBoxes(browser: Browser, names: Iterable<string>): readonly NodeBox[] {
  const context = h('canvas').getContext('2d');
  const font = getComputedStyle(document.documentElement).getPropertyValue('--sans');
  if (context !== null) context.font = `13px ${font}`;
  return [...names].map((name) => {
    const text = getShortName(name);
    const wide = context?.measureText(text).width ?? text.length * 7;
    const count = String(browser.tables.get(name)!.size.shared).length * 7 + 10;
    return { name, width: Math.ceil(wide + count + PADDING * 2), height: HEIGHT };
  });
}

/** Draws a layout; each table is a button that says all that its place in the picture says. */
export function drawGraph(browser: Browser, { nodes, edges, aloneY }: GraphLayout): Drawing {
  const root = svg('g', {});
  const lines = svg('g', { 'aria-hidden': 'true' });
  const drawn = edges.map((edge) => {
    const path = svg('path', { d: renderPath(edge.points), class: 'edge', 'marker-end': 'url(#arrow)' });
    lines.append(path);
    return { edge, path };
  });
  const boxes = svg('g', {});
  const buttons = new Map<string, SVGGElement>();
  const counts = new Map<string, SVGTextElement>();
  for (const { name, x, y, width, height } of nodes) {
    const { partitions } = browser.tables.get(name)!;
    const on = (browser.foundations.get(name) ?? []).map(({ table }) => getShortName(table));
    const words = [
      ...(partitions.length === 0 ? [] : [renderCount(partitions.length, 'partition')]),
      on.length === 0 ? 'stands on no other table' : `stands on ${on.join(', ')}`,
    ];
    const count = svg('text', { class: 'node-count', x: width - PADDING + 2, y: height / 2, dy: '0.36em' });
    counts.set(name, count);
    const button = svg(
      'g',
      {
        class: 'node',
        role: 'button',
        tabindex: -1,
        'data-table': name,
        'aria-description': words.join('; '),
        transform: `translate(${x} ${y})`,
      },
      partitions.length === 0 ? null : svg('rect', { class: 'behind', x: 3, y: 3, width, height, rx: 6 }),
      svg('rect', { class: 'box', width, height, rx: 6 }),
      svg('text', { x: PADDING, y: height / 2, dy: '0.36em' }, getShortName(name)),
      count,
    );
    buttons.set(name, button);
    boxes.append(button);
  }
  root.append(lines, boxes);
  if (aloneY !== null) {
    root.append(
      svg(
        'text',
        { class: 'alone-title', x: 0, y: aloneY - 14 },
        'Stand on no other table, and none on them',
      ),
    );
  }
  const setSizes = (alone: boolean): void => {
    for (const [name, count] of counts) {
      const { size } = browser.tables.get(name)!;
      count.textContent = String(alone ? size.alone : size.shared);
    }
  };
  return { root, nodes: buttons, edges: drawn, setSizes };
}

/** A curve through points that leaves and meets each of them level. */
function renderPath(points: PlacedEdge['points']): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let before = first;
  const curves = rest.map((point) => {
    const middle = (before.x + point.x) / 2;
    const curve = `C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`;
    before = point;
    return curve;
  });
  return `M${first.x} ${first.y}${curves.join('')}`;
}

/** The arrow at the end of each line. */
export function createDefinitions(): SVGElement {
  const arrow = (id: string): SVGElement =>
    svg(
      'marker',
      {
        id,
        viewBox: '0 0 8 8',
        refX: 8,
        refY: 4,
        markerWidth: 7,
        markerHeight: 7,
        orient: 'auto-start-reverse',
      },
      svg('path', { d: 'M0 0.8 8 4 0 7.2z' }),
    );
  return svg('defs', {}, arrow('arrow'), arrow('arrow-on'));
}
