import type { History, Migration } from '../model/history.js';
import type { ToolRecord } from '../model/tool-ledger.js';

/** A migration that a tool's table has as applied. */
export interface AppliedVersion {
  /** As in `Migration.id`. */
  readonly id: string;
  /** As its user knows it. Default: the id. */
  readonly name?: string;
  /** Whether the file still reads as it did. Default: nobody knows. */
  readonly isSame?: (migration: Migration) => boolean;
}

/** What versions that are applied mean for a history; `getCodeId` gives the version of a step in code by its file's name. */
export function createRecord(
  history: History,
  versions: readonly AppliedVersion[],
  { getCodeId, ...more }: Partial<ToolRecord> & { readonly getCodeId?: (name: string) => string | null } = {},
): ToolRecord {
  const byId = new Map(
    history.migrations.map((migration) => [getToolId(migration, getCodeId) ?? migration.id, migration]),
  );
  const code = new Set(history.codeSteps.map(({ name }) => getCodeId?.(name) ?? null));
  const applied = new Set<number>();
  const changed: string[] = [];
  const unknown: string[] = [];
  for (const { id, name = id, isSame } of versions) {
    const migration = byId.get(id);
    if (migration === undefined) {
      if (!code.has(id)) unknown.push(name);
      continue;
    }
    applied.add(migration.ordinal);
    if (isSame?.(migration) === false) changed.push(migration.name);
  }
  return { applied, changed, unknown, outdated: new Set(), unfinished: [], ...more };
}

/** What a tool knows a migration by; SQL that was recorded for a step in code goes by that step. Null where nothing is known. */
export function getToolId(
  { id, name, recorded }: Pick<Migration, 'id' | 'name' | 'recorded'>,
  getCodeId: ((name: string) => string | null) | undefined,
): string | null {
  return recorded === true ? (getCodeId?.(name) ?? null) : id;
}

/** The leading digits of a file's name as a number without leading zeros; null where there are none. */
export function getNumberId(name: string): string | null {
  const digits = /^\d+/.exec(name)?.[0];
  return digits === undefined ? null : String(BigInt(digits));
}
