import type { Draft } from './drafts.js';
import type { CatalogueKey, ResolvedName, WatchedCommand } from './records.js';
import { getLastName } from './tracker.js';

/** The partitions that a statement is about, by the last name that each had; `only`: it is about nothing else. */
export interface PartitionEffect {
  readonly partitions: readonly string[];
  readonly only: boolean;
}

/** Which statements are about partitions, and which of them about nothing but them; null for the others. */
export function getPartitionEffects(drafts: readonly Draft[]): readonly (PartitionEffect | null)[] {
  const last = getLastIdentities(drafts);
  const named: Named = new Map();
  return drafts.map((draft) => {
    const { commands, drops } = draft.watched;
    const concerned = new Set<CatalogueKey>();
    for (const key of getNamed(draft, named)) concerned.add(key);
    for (const { identity, owner, self } of commands) {
      if (self === null || !last.has(self)) continue;
      concerned.add(self);
      if (owner !== null) named.set(identity, { key: self, owner });
    }
    const only = isOnlyAbout(draft, last, named);
    for (const { identity, self } of drops) {
      if (!last.has(self)) continue;
      concerned.add(self);
      named.delete(identity);
    }
    if (concerned.size === 0) return null;
    const partitions = [...concerned].map((key) => last.get(key)!).sort();
    return { partitions, only };
  });
}

/** True for the command that makes a partition, or changes one. */
export function isPartition({ self, owner, type }: WatchedCommand): boolean {
  return (
    self !== null && owner !== null && self !== owner && self.startsWith('pg_class:') && type === 'table'
  );
}

/** What each name stands for at the moment. */
type Named = Map<string, { readonly key: CatalogueKey; readonly owner: CatalogueKey }>;

function getLastIdentities(drafts: readonly Draft[]): ReadonlyMap<CatalogueKey, string> {
  const last = new Map<CatalogueKey, string>();
  for (const { watched } of drafts) {
    for (const command of watched.commands)
      if (isPartition(command)) last.set(command.self!, command.identity);
  }
  return last;
}

// Rows that were routed to a partition speak of it as its name does.
function getNamed({ statement, watched }: Draft, named: Named): readonly CatalogueKey[] {
  const names = watched.resolved.flatMap((one) => find(one, named) ?? []);
  if (watched.rows.length === 0) return names;
  const locked = new Set(
    watched.locks
      .filter(({ mode, relkind }) => mode === 'RowExclusive' && relkind === 'r')
      .map((l) => l.relname),
  );
  const routed = [...named]
    .filter(([identity]) => locked.has(getLastName(identity)))
    .map(([, { key }]) => key);
  return statement.kind === 'UpdateStmt' || statement.kind === 'DeleteStmt' ? names : [...names, ...routed];
}

function isOnlyAbout(
  { statement, standing, watched }: Draft,
  partitions: ReadonlyMap<CatalogueKey, string>,
  named: Named,
): boolean {
  const { commands, drops, rights, rows } = watched;
  if (standing !== 'counts' || rows.length > 0 || rights.length > 0) return false;
  if (commands.some(({ owner, self }) => self === null || self === owner)) return false;
  if (drops.some(({ owner, self }) => self === owner)) return false;
  const relations = watched.resolved.filter(({ kind }) => kind === 'relation');
  const isNamingOnly = relations.length > 0 && relations.every((one) => find(one, named) !== null);
  // What it did to each, where it does not name them: a function or block that makes some.
  const isMakingOnly =
    commands.length > 0 && drops.length === 0 && commands.every(({ self }) => partitions.has(self!));
  const isDropping = drops.length > 0 && commands.length === 0 && isNamingOnly;
  if (statement.kind === 'DropStmt') return isDropping;
  const isMaker = ['CreateStmt', 'SelectStmt', 'DoStmt', 'CallStmt'].includes(statement.kind);
  return isMaker ? isMakingOnly : isNamingOnly;
}

/** The partition that a name resolved to, which may stand without its schema. */
function find({ kind, name, object, schema }: ResolvedName, named: Named): CatalogueKey | null {
  if (kind !== 'relation') return null;
  for (const [identity, { key, owner }] of named) {
    const isSchema =
      schema === '' || identity.startsWith(`${schema}.`) || identity.startsWith(`"${schema}".`);
    if (owner === object && isSchema && getLastName(identity) === name) return key;
  }
  return null;
}
