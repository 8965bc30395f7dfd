import { Graph, layout } from '@dagrejs/dagre';

/** A table to place; its size in pixels. */
export interface NodeBox {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode extends NodeBox {
  /** Of its left upper corner. */
  readonly x: number;
  readonly y: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

export interface GraphLayout {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  /** Where the tables begin that stand alone; null where none does. */
  readonly aloneY: number | null;
  readonly width: number;
  readonly height: number;
}

const GAP = 36;
const ROW_GAP = 10;

/**
 * Places tables from left to right, each left of what it stands on: what hangs together side by side, the largest first,
 * and below it, in rows, the tables that stand alone. `width` is what the rows may take.
 */
export function getGraphLayout(
  boxes: readonly NodeBox[],
  edges: readonly (readonly [from: string, to: string])[],
  width: number,
): GraphLayout {
  const others = edges.filter(([from, to]) => from !== to);
  const connected = new Set(others.flat());
  const parts = getParts(
    boxes.filter(({ name }) => connected.has(name)),
    others,
  ).map((part) => getPartLayout(part.boxes, part.edges));
  parts.sort((a, b) => b.nodes.length - a.nodes.length || a.height - b.height);
  const nodes: PlacedNode[] = [];
  const placed: PlacedEdge[] = [];
  // Shelves: as many parts side by side as fit.
  const room = Math.max(width, ...parts.map((part) => part.width));
  let [x, y, shelf] = [0, 0, 0];
  for (const part of parts) {
    if (x > 0 && x + part.width > room) [x, y, shelf] = [0, y + shelf + GAP, 0];
    for (const node of part.nodes) nodes.push({ ...node, x: node.x + x, y: node.y + y });
    for (const edge of part.edges) {
      placed.push({ ...edge, points: edge.points.map((point) => ({ x: point.x + x, y: point.y + y })) });
    }
    x += part.width + GAP;
    shelf = Math.max(shelf, part.height);
  }
  const bottom = parts.length === 0 ? 0 : y + shelf;
  const alone = boxes.filter(({ name }) => !connected.has(name));
  const aloneY = alone.length === 0 ? null : bottom + (bottom === 0 ? 28 : 56);
  if (aloneY !== null) nodes.push(...getRows(alone, room, aloneY));
  return {
    nodes,
    edges: placed,
    aloneY,
    width: Math.max(0, ...nodes.map((node) => node.x + node.width)),
    height: Math.max(0, ...nodes.map((node) => node.y + node.height)),
  };
}

interface Part {
  readonly boxes: readonly NodeBox[];
  readonly edges: readonly (readonly [string, string])[];
}

/** What hangs together, by the edges in either direction. */
function getParts(boxes: readonly NodeBox[], edges: Part['edges']): readonly Part[] {
  const part = new Map(boxes.map(({ name }, index) => [name, index]));
  const find = (name: string): number => {
    let root = part.get(name)!;
    while (part.get(boxes[root]!.name) !== root) root = part.get(boxes[root]!.name)!;
    part.set(name, root);
    return root;
  };
  for (const [from, to] of edges) part.set(boxes[find(from)]!.name, find(to));
  const groups = new Map<number, { boxes: NodeBox[]; edges: (readonly [string, string])[] }>();
  for (const box of boxes) {
    const root = find(box.name);
    const group = groups.get(root) ?? { boxes: [], edges: [] };
    groups.set(root, group);
    group.boxes.push(box);
  }
  for (const edge of edges) groups.get(find(edge[0]))!.edges.push(edge);
  return [...groups.values()];
}

function getPartLayout(boxes: readonly NodeBox[], edges: Part['edges']): Omit<GraphLayout, 'aloneY'> {
  const graph = new Graph();
  graph.setGraph({
    rankdir: 'LR',
    nodesep: ROW_GAP,
    edgesep: 8,
    ranksep: 72,
    marginx: 2,
    marginy: 2,
    rankalign: 'top',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name, width, height } of boxes) graph.setNode(name, { width, height });
  for (const [from, to] of edges) graph.setEdge(from, to);
  layout(graph);
  const nodes = boxes.map((box) => {
    const { x, y } = graph.node(box.name) as { x: number; y: number };
    return { ...box, x: x - box.width / 2, y: y - box.height / 2 };
  });
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return {
    nodes,
    edges: edges.map(([from, to]) => {
      const { points } = graph.edge(from, to) as { points: Point[] };
      return { from, to, points: getWay(byName.get(from)!, byName.get(to)!, points) };
    }),
    width: graph.graph().width ?? 0,
    height: graph.graph().height ?? 0,
  };
}

/** From the middle of one side to the middle of the other, by the points between which a long line keeps clear of tables. */
function getWay(from: PlacedNode, to: PlacedNode, points: readonly Point[]): readonly Point[] {
  const isForward = from.x < to.x;
  const getSide = ({ x, y, width, height }: PlacedNode, isRight: boolean): Point => ({
    x: isRight ? x + width : x,
    y: y + height / 2,
  });
  const between = points.length > 3 ? points.slice(1, -1) : [];
  return [getSide(from, isForward), ...between, getSide(to, !isForward)];
}

function getRows(boxes: readonly NodeBox[], width: number, top: number): readonly PlacedNode[] {
  const column = Math.max(...boxes.map((box) => box.width)) + ROW_GAP * 2;
  const columns = Math.max(1, Math.floor((width + ROW_GAP * 2) / column));
  return boxes.map((box, index) => ({
    ...box,
    x: (index % columns) * column,
    y: top + Math.floor(index / columns) * (box.height + ROW_GAP),
  }));
}

/**
 * The edges without those that others imply: where a stands on b and b on c, the line from a to c says nothing new. Edges of a
 * circle all stay.
 */
export function getReducedEdges(
  edges: readonly (readonly [from: string, to: string])[],
): readonly (readonly [from: string, to: string])[] {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const reached = new Map<string, ReadonlySet<string>>();
  const getReached = (name: string): ReadonlySet<string> => {
    const known = reached.get(name);
    if (known !== undefined) return known;
    const found = new Set(next.get(name));
    for (const each of found) for (const further of next.get(each) ?? []) found.add(further);
    reached.set(name, found);
    return found;
  };
  return edges.filter(([from, to]) => {
    if (from === to) return false;
    const isInCircle = (name: string): boolean => getReached(name).has(from);
    if (isInCircle(to)) return true;
    // Of two that stand on each other neither implies the other.
    const isTwin = (other: string): boolean => getReached(to).has(other);
    return !next
      .get(from)!
      .some((other) => other !== to && !isInCircle(other) && !isTwin(other) && getReached(other).has(to));
  });
}
