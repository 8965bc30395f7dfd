import { DATA_KINDS } from '../sql/traits.js';
import { getChangedRows } from './changed-rows.js';
import type { Draft } from './drafts.js';
import { isRepeatableGrant } from './grants.js';
import { getLeaning, getShaking } from './leaning.js';
import type { CatalogueKey } from './records.js';

/**
 * For each statement the earlier ones that must come along with it, so that a table asked for later still finds what
 * its statements expect: who reads an identifier that is taken away, whose name was chosen beside one that is set free, who
 * leans on a key or on columns that change, who had given the name to another object, who read rows that are changed, and
 * who wrote the object first (docs/slicing.md, Order-free).
 */
export function getEarlierNeeds(drafts: readonly Draft[]): readonly (readonly number[])[] {
  const readers = new Map<CatalogueKey, number[]>();
  const givers = new Map<string, (readonly [number, CatalogueKey])[]>();
  const avoiders = new Map<CatalogueKey, number[]>();
  const partUsers = new Map<CatalogueKey, number[]>();
  const columnUsers = new Map<CatalogueKey, number[]>();
  const definitionUsers = new Map<CatalogueKey, number[]>();
  const firstWriter = new Map<CatalogueKey, number>();
  const sweepers: number[] = [];
  return drafts.map((draft, ordinal) => {
    if (draft.standing !== 'counts') return [];
    const earlier = new Set<number>();
    for (const { object, identifier, label } of draft.watched.lost) {
      for (const reader of readers.get(object) ?? []) {
        const words = label ? drafts[reader]!.words : drafts[reader]!.readingWords;
        if (words.has(identifier) || words.has(identifier.toLowerCase())) earlier.add(reader);
      }
    }
    for (const self of draft.freed) for (const avoider of avoiders.get(self) ?? []) earlier.add(avoider);
    const shaking = getShaking(draft.statement, draft.watched);
    for (const object of shaking.parts) for (const user of partUsers.get(object) ?? []) earlier.add(user);
    for (const object of shaking.columnsOf)
      for (const user of columnUsers.get(object) ?? []) earlier.add(user);
    for (const object of shaking.definitionsOf)
      for (const user of definitionUsers.get(object) ?? []) earlier.add(user);
    for (const object of draft.writes) {
      const first = firstWriter.get(object);
      if (first === undefined) firstWriter.set(object, ordinal);
      // GRANT … ON ALL TABLES runs again for a table that comes late: it ties nothing together.
      else if (!isRepeatableGrant(draft)) earlier.add(first);
    }
    // Also rows that come later are not there yet when their reader runs.
    for (const object of getChangedRows(draft)) {
      for (const reader of readers.get(object) ?? []) {
        if (isReadingRows(drafts[reader]!)) earlier.add(reader);
      }
    }
    for (const name of draft.made) {
      for (const [giver, object] of givers.get(name) ?? []) if (!draft.writes.has(object)) earlier.add(giver);
    }
    // What acts on whatever there is must not meet what is made after it.
    if (isMaking(draft)) for (const sweeper of sweepers) earlier.add(sweeper);
    if (draft.sweeps) sweepers.push(ordinal);
    for (const self of draft.obstacles) addTo(avoiders, self, ordinal);
    if (!isRepeatableGrant(draft)) {
      const leaning = getLeaning(draft.statement, draft.watched);
      for (const object of leaning.parts) addTo(partUsers, object, ordinal);
      for (const object of leaning.columnsOf) addTo(columnUsers, object, ordinal);
      for (const object of leaning.definitionsOf) addTo(definitionUsers, object, ordinal);
    }
    for (const object of draft.reads) addTo(readers, object, ordinal);
    for (const name of draft.made) {
      for (const object of draft.writes) addTo(givers, name, [ordinal, object] as const);
    }
    earlier.delete(ordinal);
    return [...earlier].sort((a, b) => a - b);
  });
}

function isReadingRows(draft: Draft): boolean {
  return DATA_KINDS.has(draft.statement.kind) && !isRepeatableGrant(draft);
}

function isMaking({ watched }: Draft): boolean {
  return watched.commands.some(
    ({ tag, self, owner }) => tag.startsWith('CREATE') && self === owner && self !== null,
  );
}

function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
