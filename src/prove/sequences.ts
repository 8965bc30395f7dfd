import { createHash } from 'node:crypto';

const LENGTH = 3;

/**
 * Orders in which services might ask for tables, three tables each, chosen by chance that depends on the names alone: the
 * same history is tried alike each time, and a table more changes few of them.
 */
export function getSequences(tables: readonly string[], most: number): readonly (readonly string[])[] {
  if (tables.length < 2) return [];
  const pick = (key: string, from: readonly string[], count: number): readonly string[] =>
    from
      .map((name) => [createHash('sha256').update(`${key}\0${name}`).digest('hex'), name] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, count)
      .map(([, name]) => name);
  return pick('first', tables, most).map((first) => [
    first,
    ...pick(
      first,
      tables.filter((name) => name !== first),
      LENGTH - 1,
    ),
  ]);
}
