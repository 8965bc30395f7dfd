import type { TreeNode } from './parser.js';

/** Visits every key of a parse tree, outermost first; a visitor that answers `false` keeps the walk out of that value. */
export function walkTree(value: unknown, visit: (key: string, value: unknown) => boolean | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) walkTree(item, visit);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (visit(key, child) !== false) walkTree(child, visit);
  }
}

/** The strings of a list of String nodes, as in a qualified name. */
export function getNames(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: { String?: { sval?: string } } | null) => {
    const name = item?.String?.sval;
    return name === undefined || name === '' ? [] : [name];
  });
}

/** A child node, or an empty one where there is none. */
export function getChild(node: TreeNode, key: string): TreeNode {
  const child = node[key];
  return isNode(child) ? child : {};
}

/** The children of a list, or none. */
export function getList(node: TreeNode, key: string): readonly TreeNode[] {
  const list = node[key];
  return Array.isArray(list) ? list.filter(isNode) : [];
}

/** A string property, or an empty string. */
export function getString(node: TreeNode, key: string): string {
  const value = node[key];
  return typeof value === 'string' ? value : '';
}

export function isNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
