import type { GraphLayout, PlacedNode } from './graph-layout.js';

/** The table that an arrow key leads to: along the lines to either side, up and down to what is next to it; null where there is none. */
export function getNeighbour({ nodes, edges }: GraphLayout, name: string, key: string): string | null {
  const own = nodes.find((node) => node.name === name);
  if (own === undefined) return null;
  const nearest = (names: readonly string[]): string | null => {
    const candidates = nodes.filter((node) => names.includes(node.name));
    return getNearest(own, candidates)?.name ?? null;
  };
  const centre = own.x + own.width / 2;
  const isInColumn = (node: PlacedNode): boolean =>
    centre >= node.x - 30 && centre <= node.x + node.width + 30;
  switch (key) {
    case 'ArrowRight':
      return nearest(edges.filter(({ from }) => from === name).map(({ to }) => to));
    case 'ArrowLeft':
      return nearest(edges.filter(({ to }) => to === name).map(({ from }) => from));
    case 'ArrowDown':
      return (
        getNearest(
          own,
          nodes.filter((node) => node.y > own.y && isInColumn(node)),
        )?.name ?? null
      );
    case 'ArrowUp':
      return (
        getNearest(
          own,
          nodes.filter((node) => node.y < own.y && isInColumn(node)),
        )?.name ?? null
      );
    default:
      return null;
  }
}

function getNearest(own: PlacedNode, nodes: readonly PlacedNode[]): PlacedNode | undefined {
  const distance = ({ x, y }: PlacedNode): number => Math.hypot(x - own.x, y - own.y);
  return nodes
    .filter((node) => node !== own)
    .reduce<PlacedNode | undefined>(
      (best, node) => (best === undefined || distance(node) < distance(best) ? node : best),
      undefined,
    );
}
