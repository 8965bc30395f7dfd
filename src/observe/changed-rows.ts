import type { ParsedStatement } from '../sql/statements.js';
import { getChild, getList, getString } from '../sql/tree.js';
import type { CatalogueKey, WatchedStatement } from './records.js';

/** As much of a draft as this is about. */
interface Changing {
  readonly statement: Pick<ParsedStatement, 'kind' | 'node'>;
  readonly watched: Pick<WatchedStatement, 'drops' | 'rows' | 'touched'>;
  readonly writes: ReadonlySet<CatalogueKey>;
}

/** Tables whose rows are others afterwards: changed one by one, by TRUNCATE, or with a partition that comes or goes. */
export function getChangedRows({ statement, watched, writes }: Changing): ReadonlySet<CatalogueKey> {
  const { kind, node } = statement;
  const changed = new Set(watched.rows.map(({ object }) => object));
  if (kind === 'TruncateStmt') for (const object of writes) changed.add(object);
  const isMoving = getList(node, 'cmds').some((command) =>
    PARTITIONS_MOVE.has(getString(getChild(command, 'AlterTableCmd'), 'subtype')),
  );
  if (isMoving) for (const object of watched.touched) changed.add(object);
  for (const { self, owner, type } of watched.drops) {
    if (owner !== null && owner !== self && type === 'table') changed.add(owner);
  }
  return changed;
}

const PARTITIONS_MOVE = new Set(['AT_AttachPartition', 'AT_DetachPartition']);
