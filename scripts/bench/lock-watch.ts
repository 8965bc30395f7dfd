import type { Session } from '../../src/postgres/session.js';
import { GATE } from './history/hand-over.js';

/** When the lock was seen with whom. */
export interface Seen {
  readonly at: number;
  /** The process of the server; null: nobody. */
  readonly holder: number | null;
}

/**
 * The times between the last look that saw one holder and the first that saw the next: an upper bound of what each hand-over took.
 */
export function getGaps(seen: readonly Seen[]): readonly number[] {
  const gaps: number[] = [];
  let last: Seen | null = null;
  for (const one of seen) {
    if (one.holder === null) continue;
    if (last !== null && last.holder !== one.holder) gaps.push(one.at - last.at);
    last = one;
  }
  return gaps;
}

/** Looks again and again who has an advisory lock of this database, until it is stopped. */
export function watchLock(session: Session, database: string): { stop(): Promise<readonly Seen[]> } {
  const sql = `select min(l.pid) as holder from pg_locks l join pg_database d on d.oid = l.database
    where l.locktype = 'advisory' and l.granted and d.datname = '${database}' and not (l.objid = ${GATE} and l.classid = 0)`;
  const seen: Seen[] = [];
  let isOver = false;
  const done = (async () => {
    while (!isOver) {
      const [row] = await session.query(sql);
      seen.push({ at: performance.now(), holder: (row!['holder'] as number | null) ?? null });
    }
  })();
  return {
    async stop() {
      isOver = true;
      await done;
      return seen;
    },
  };
}
