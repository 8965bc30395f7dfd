import { describe, expect, test } from 'vitest';
import { getNeighbour } from '../../src/page/graph-keys.js';
import { getGraphLayout, getReducedEdges, type NodeBox } from '../../src/page/graph-layout.js';
import { createRandom } from '../support/histories.js';

type Edges = readonly (readonly [string, string])[];
const createBoxes = (names: readonly string[]): NodeBox[] =>
  names.map((name) => ({ name, width: 60 + name.length * 7, height: 30 }));

function createRandomGraph(seed: number): { names: string[]; edges: Edges } {
  const random = createRandom(seed);
  const names = Array.from({ length: 2 + random(25) }, (_, index) => `t${index}`);
  const edges = Array.from({ length: random(40) }, (): readonly [string, string] => [
    names[random(names.length)]!,
    names[random(names.length)]!,
  ]);
  return { names, edges: [...new Map(edges.map((edge) => [edge.join(' '), edge])).values()] };
}

function getReached(edges: Edges, from: string): Set<string> {
  const reached = new Set([from]);
  for (const name of reached) for (const [a, b] of edges) if (a === name) reached.add(b);
  return reached;
}

describe('a layout', () => {
  test('holds every table once, none over another, whatever the graph', () => {
    for (let seed = 0; seed < 60; seed += 1) {
      const { names, edges } = createRandomGraph(seed);
      const { nodes, width, height } = getGraphLayout(createBoxes(names), edges, 800);
      expect(nodes.map(({ name }) => name).sort()).toEqual([...names].sort());
      for (const [index, a] of nodes.entries()) {
        expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
        for (const b of nodes.slice(index + 1)) {
          const isOver =
            a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
          expect({ seed, a: a.name, b: b.name, isOver }).toMatchObject({ isOver: false });
        }
      }
    }
  });

  test('has a table left of what it stands on, and those that stand alone below', () => {
    const { nodes, edges, aloneY } = getGraphLayout(
      createBoxes(['orders', 'customers', 'countries', 'notes']),
      [
        ['orders', 'customers'],
        ['customers', 'countries'],
        ['orders', 'countries'],
      ],
      800,
    );
    const at = new Map(nodes.map((node) => [node.name, node]));
    expect(at.get('orders')!.x).toBeLessThan(at.get('customers')!.x);
    expect(at.get('customers')!.x).toBeLessThan(at.get('countries')!.x);
    expect(at.get('notes')!.y).toBe(aloneY);
    for (const { from, to, points } of edges) {
      expect(points[0]!.x).toBe(at.get(from)!.x + at.get(from)!.width);
      expect(points.at(-1)!.x).toBe(at.get(to)!.x);
    }
  });

  test('of nothing is nothing', () => {
    expect(getGraphLayout([], [], 800)).toEqual({ nodes: [], edges: [], aloneY: null, width: 0, height: 0 });
  });
});

describe('lines without those that others imply', () => {
  test('lead to the same tables, whatever the graph', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const { names, edges } = createRandomGraph(seed);
      const reduced = getReducedEdges(edges);
      for (const name of names) expect(getReached(reduced, name)).toEqual(getReached(edges, name));
    }
  });

  test('are fewer', () => {
    const edges: Edges = [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
      ['c', 'c'],
    ];
    expect(getReducedEdges(edges)).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
  });
});

test('arrow keys lead along the lines, and to what is above and below', () => {
  const layout = getGraphLayout(
    createBoxes(['a', 'b', 'c']),
    [
      ['a', 'b'],
      ['a', 'c'],
    ],
    800,
  );
  const right = getNeighbour(layout, 'a', 'ArrowRight')!;
  const other = right === 'b' ? 'c' : 'b';
  expect(getNeighbour(layout, right, 'ArrowLeft')).toBe('a');
  expect([getNeighbour(layout, right, 'ArrowDown'), getNeighbour(layout, right, 'ArrowUp')]).toContain(other);
  expect(getNeighbour(layout, right, 'ArrowRight')).toBeNull();
  expect(getNeighbour(layout, 'a', 'q')).toBeNull();
});
