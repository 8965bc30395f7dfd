import type { WatchedCommand } from './records.js';

// What must not have the same name; the row type of a relation has its name, so that types share it.
const NAMESPACES: Readonly<Record<string, string>> = {
  table: 'relation',
  index: 'relation',
  sequence: 'relation',
  view: 'relation',
  'materialized view': 'relation',
  'foreign table': 'relation',
  type: 'relation',
  function: 'routine',
  procedure: 'routine',
  aggregate: 'routine',
  schema: 'schema',
};

/** The names that commands gave, with what no other one of the kind may have: `relation public.orders`. */
export function getGivenNames(commands: readonly WatchedCommand[]): readonly string[] {
  return commands.flatMap(({ type, tag, identity }) => {
    const namespace = NAMESPACES[type];
    const isGiven = namespace !== undefined && /^CREATE|^ALTER/.test(tag);
    return isGiven ? [`${namespace} ${identity.replaceAll('"', '')}`] : [];
  });
}
