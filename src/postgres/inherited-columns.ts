import { type Fact, type FactKind, type ObjectFacts, OF_COLUMNS } from '../model/fact.js';

const KINDS: ReadonlySet<FactKind> = new Set<FactKind>(['column', ...OF_COLUMNS]);

/** Gives partitions the columns that were not told because they are as their parent's. */
export function withInheritedColumns(objects: readonly ObjectFacts[]): readonly ObjectFacts[] {
  const byIdentity = new Map(objects.map((object) => [object.identity, object]));
  const whole = new Map<string, readonly Fact[]>();
  const getFacts = ({ identity, parent, facts }: ObjectFacts): readonly Fact[] => {
    const above = parent === undefined ? undefined : byIdentity.get(parent);
    if (above === undefined) return facts;
    const known = whole.get(identity);
    if (known !== undefined) return known;
    const own = new Set(facts.flatMap(([kind, name]) => (kind === 'column' ? [name] : [])));
    const inherited = getFacts(above).filter(([kind, name]) => KINDS.has(kind) && !own.has(name));
    const all = [...facts, ...inherited];
    whole.set(identity, all);
    return all;
  };
  return objects.map((object) => ({ ...object, facts: getFacts(object) }));
}
