import type { LostIdentifier } from '../sql/lost.js';
import type { ParsedStatement } from '../sql/statements.js';
import {
  type After,
  type Before,
  readCalls,
  readDependencies,
  readParts,
  readResolved,
  readRows,
  readSilent,
  type Totals,
} from './answers.js';
import { getLostByCode } from './lost-by-code.js';
import type { CatalogueKey, WatchedStatement } from './records.js';
import { fetchJson, renderLiteral, type Scratch } from './scratch.js';
import { type CommandNotice, type DropNotice, getLost, readNotices, type Tracker } from './tracker.js';

/** The transaction that a statement is watched in: its own, its file's, or none. */
export type Mode = 'own' | 'file' | 'outside';

/** A statement on its way. */
export interface Run {
  readonly statement: ParsedStatement;
  readonly mode: Mode;
  readonly lostIdentifiers: readonly LostIdentifier[];
  readonly before: Before;
  readonly commands: CommandNotice[];
  readonly drops: DropNotice[];
  readonly withRights: boolean;
  /** Nothing else may run before all about it is known. */
  readonly isAlone: boolean;
  readonly totals: readonly [before: Totals | null, after: Totals | null];
}

/** Reads from what the server answered what each statement did, in the order of the statements. */
export interface Reader {
  read(run: Run, after: After): Promise<WatchedStatement>;
  startFile(): void;
  addKnownRoles(roles: readonly string[]): void;
}

export async function createReader(scratch: Scratch, tracker: Tracker): Promise<Reader> {
  const knownRoles = new Set(
    await fetchJson<string[]>(
      scratch.session,
      "select coalesce(json_agg(rolname), '[]') as roles from pg_catalog.pg_roles where oid >= 16384",
      'roles',
    ),
  );
  // Locks of a shared transaction pile up: only new ones belong to the statement.
  let locksOfFile = new Set<string>();

  const read: Reader['read'] = async (run, after) => {
    const { statement, mode, before, lostIdentifiers } = run;
    const [totalsBefore, totalsAfter] = run.totals;
    const resolved = readResolved(before);
    const { renamed, ...noticed } = readNotices(tracker, run.commands, run.drops, new Map(after.owners));
    const calls = readCalls(
      after,
      totalsAfter?.calls ?? after.calls.map(([oid, calls]) => [oid, calls] as const),
      totalsBefore?.calls ?? before.calls,
    );
    const silent = readSilent(tracker, after);
    const moved = run.isAlone
      ? await readMoved(scratch, tracker, after.parts)
      : readParts(tracker, after.parts);
    for (const object of moved) noticed.touched.add(object);
    const freshLocks = after.locks.filter(([oid, lockMode]) => {
      if (mode !== 'file') return true;
      const key = `${oid} ${lockMode}`;
      if (locksOfFile.has(key)) return false;
      locksOfFile.add(key);
      return true;
    });
    const createdRoles = after.roles.filter((role) => !knownRoles.has(role));
    for (const role of createdRoles) knownRoles.add(role);
    return {
      resolved,
      ...noticed,
      silent,
      dependencies: readDependencies(tracker, after),
      locks: freshLocks.flatMap(([oid, lockMode, owner, relkind, relname]) => {
        const object = tracker.getOwner(`pg_class:${oid}`) ?? owner;
        return object === null ? [] : [{ object, mode: lockMode.replace(/Lock$/, ''), relkind, relname }];
      }),
      rows: readRows(tracker, totalsAfter?.counts ?? after.counts, totalsBefore?.counts ?? before.counts),
      calls,
      rights: run.withRights ? after.rights.filter((right) => right !== null) : [],
      createdRoles,
      touched: [...noticed.touched],
      lost: [
        ...getLost(lostIdentifiers, resolved, noticed.drops),
        ...getLostByCode(statement, { renamed, calls, commands: noticed.commands }),
      ],
      mode,
      failed: null,
    };
  };
  return {
    read,
    startFile: () => {
      locksOfFile = new Set();
    },
    addKnownRoles: (roles) => {
      for (const role of roles) knownRoles.add(role);
    },
  };
}

/**
 * Notes what belongs to the touched owners now, and tells which tables thereby changed their owner: partitions
 * that were attached or detached.
 */
async function readMoved(
  { session }: Scratch,
  tracker: Tracker,
  parts: After['parts'],
): Promise<readonly CatalogueKey[]> {
  const changes = parts.map(([owner, own]) => tracker.setParts(owner, own));
  const left = changes.flatMap((change) => change.left);
  if (left.length === 0) return changes.flatMap((change) => change.from);
  const owners = await fetchJson<readonly [CatalogueKey, CatalogueKey, string][]>(
    session,
    `select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array('pg_class:' || oid,
       pg_catalog.plinth_owner('pg_catalog.pg_class'::pg_catalog.regclass, oid), relkind)), '[]') as owners
     from pg_catalog.pg_class where 'pg_class:' || oid in (${left.map(renderLiteral).join(', ')})`,
    'owners',
  );
  for (const [part, owner] of owners) tracker.setOwner(part, owner);
  const alone = owners.filter(([part, owner, kind]) => part === owner && (kind === 'r' || kind === 'p'));
  return [...changes.flatMap((change) => change.from), ...alone.map(([part]) => part)];
}
