import { select } from 'd3-selection';
import { zoom as createZoom, zoomIdentity } from 'd3-zoom';
import { h, svg } from './dom.js';
import type { GraphLayout, PlacedNode } from './graph-layout.js';
import { createDefinitions } from './graph-svg.js';

const MARGIN = 20;
/** Below it names cannot be read. */
const LEGIBLE = 0.75;
const LARGEST = 1.15;

/** The picture that can be moved and zoomed. */
export interface Stage {
  /** What holds the picture. */
  readonly frame: HTMLElement;
  readonly picture: SVGSVGElement;
  readonly canvas: SVGGElement;
  zoomBy(factor: number): void;
  /** Shows all of it, however small. */
  fit(layout: GraphLayout): void;
  /** Shows all of it where that can be read, else what is around `centre`. */
  begin(layout: GraphLayout, centre: PlacedNode | undefined): void;
  /** Moves the picture so that a table is in it. */
  bringIntoView(node: PlacedNode): void;
  /** Sets the picture as it is on paper: all of it, as large as the page has room for. */
  setForPrint(layout: GraphLayout): () => void;
}

/** Makes it. */
export function createStage(label: string): Stage {
  const canvas = svg('g', {});
  const picture = svg(
    'svg',
    { class: 'graph', role: 'group', 'aria-label': label },
    createDefinitions(),
    canvas,
  );
  const frame = h('div', { class: 'graph-frame' }, picture);
  const zoom = createZoom<SVGSVGElement, unknown>()
    .scaleExtent([0.05, 2.5])
    .on('zoom', ({ transform }: { transform: { toString(): string } }) =>
      canvas.setAttribute('transform', transform.toString()),
    );
  const stage = select(picture).call(zoom).on('dblclick.zoom', null);

  const place = (layout: GraphLayout, scale: number, centre: PlacedNode | undefined): void => {
    const { width, height } = frame.getBoundingClientRect();
    // Never further than to the edge of the picture.
    const shift = (space: number, size: number, middle: number): number => {
      const room = space - size * scale;
      if (room >= MARGIN * 2) return room / 2;
      return Math.min(MARGIN, Math.max(room - MARGIN, space / 2 - middle * scale));
    };
    const x = centre === undefined ? layout.width / 2 : centre.x + centre.width / 2;
    const y = centre === undefined ? layout.height / 2 : centre.y + centre.height / 2;
    const at = zoomIdentity
      .translate(shift(width, layout.width, x), shift(height, layout.height, y))
      .scale(scale);
    stage.call(zoom.transform, at);
  };
  const getFitting = ({ width, height }: GraphLayout): number => {
    const outer = frame.getBoundingClientRect();
    const fitting = Math.min((outer.width - MARGIN * 2) / width, (outer.height - MARGIN * 2) / height);
    return Math.min(LARGEST, Math.max(0.05, fitting));
  };

  return {
    frame,
    picture,
    canvas,
    zoomBy: (factor) => void stage.call(zoom.scaleBy, factor),
    fit: (layout) => place(layout, getFitting(layout), undefined),
    begin: (layout, centre) => place(layout, Math.max(LEGIBLE, getFitting(layout)), centre),
    bringIntoView: ({ x, y, width, height }) => {
      const matrix = canvas.getScreenCTM();
      if (matrix === null) return;
      const [from, to] = [new DOMPoint(x, y), new DOMPoint(x + width, y + height)].map((point) =>
        point.matrixTransform(matrix),
      );
      const outer = frame.getBoundingClientRect();
      const isInside =
        from!.x >= outer.left && to!.x <= outer.right && from!.y >= outer.top && to!.y <= outer.bottom;
      if (!isInside) stage.call(zoom.translateTo, x + width / 2, y + height / 2);
    },
    setForPrint: ({ width, height }) => {
      const transform = canvas.getAttribute('transform');
      canvas.removeAttribute('transform');
      picture.setAttribute('viewBox', `-4 -4 ${width + 8} ${height + 8}`);
      picture.style.aspectRatio = `${width + 8} / ${height + 8}`;
      picture.style.maxWidth = `${width * LARGEST}px`;
      return () => {
        picture.removeAttribute('viewBox');
        picture.removeAttribute('style');
        if (transform !== null) canvas.setAttribute('transform', transform);
      };
    },
  };
}
