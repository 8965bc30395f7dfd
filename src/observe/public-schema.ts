import type { CatalogueKey } from './records.js';

/** The key of the schema `public`, which has the same oid in every database. */
const PUBLIC = 'pg_namespace:2200';

/** As much of a draft as this is about. */
interface Standing {
  readonly writes: ReadonlySet<CatalogueKey>;
  readonly conditional: (readonly [CatalogueKey, CatalogueKey, string])[];
}

/** Everything stands on the schema `public`; that matters only where the history changes it. */
export function withPublicWhereItChanges<D extends Standing>(drafts: readonly D[]): readonly D[] {
  if (drafts.some(({ writes }) => writes.has(PUBLIC))) return drafts;
  return drafts.map((draft) => ({
    ...draft,
    conditional: draft.conditional.filter(([, needed]) => needed !== PUBLIC),
  }));
}
