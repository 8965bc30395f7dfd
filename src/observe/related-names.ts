import type { CatalogueKey } from './records.js';

/** As much of a draft as this is about. */
interface Making {
  readonly writes: ReadonlySet<CatalogueKey>;
  readonly conditional: (readonly [CatalogueKey, CatalogueKey, string])[];
}

/** One DO that makes `t` and `t_deleted`, or `t` and `t_queue`, builds a pair that works together. */
export function addRelatedNames(
  { writes, conditional }: Making,
  names: ReadonlyMap<CatalogueKey, ReadonlySet<string>>,
): void {
  const relations = [...writes].filter((object) => object.startsWith('pg_class'));
  const isRelated = (x: CatalogueKey, y: CatalogueKey): boolean =>
    [...(names.get(x) ?? [])].some((a) =>
      [...(names.get(y) ?? [])].some((b) => a !== b && (b.startsWith(a) || a.startsWith(b))),
    );
  for (const x of relations) {
    for (const y of relations) if (x !== y && isRelated(x, y)) conditional.push([x, y, 'made together']);
  }
}
