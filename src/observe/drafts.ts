import type { History } from '../model/history.js';
import { getReadingWords, getStatementWords, getWords } from '../sql/identifiers.js';
import type { ParsedStatement } from '../sql/statements.js';
import { DATA_KINDS, isSessionSetting } from '../sql/traits.js';
import { addCounterparts } from './counterparts.js';
import { getGivenNames } from './given-names.js';
import { isRepeatableGrant } from './grants.js';
import { createHeirs, type Heirs } from './heirs.js';
import { withPublicWhereItChanges } from './public-schema.js';
import type { CatalogueKey, ResolvedName, WatchedStatement } from './records.js';
import { addRelatedNames } from './related-names.js';
import { createRelationNames, type RelationNames } from './relation-names.js';
import { addRoles } from './roles.js';
import { getChangedByBlock } from './sweeping.js';
import { addTargets } from './targets.js';
import { getLastName } from './tracker.js';

/** An effect while it is being worked out, over catalogue keys. */
export interface Draft {
  readonly statement: ParsedStatement;
  readonly watched: WatchedStatement;
  readonly writes: Set<CatalogueKey>;
  readonly needs: Set<CatalogueKey>;
  readonly conditional: (readonly [CatalogueKey, CatalogueKey, string])[];
  /** What it reads, for the order of arrival. */
  readonly reads: Set<CatalogueKey>;
  /** Names that it gave, with what they are names of. */
  readonly made: string[];
  /** Relations whose names made the server choose another one. */
  readonly obstacles: Set<CatalogueKey>;
  /** Relations whose names it set free. */
  readonly freed: Set<CatalogueKey>;
  /** It changed objects that nothing in it names: it looked for them in the catalogue. */
  sweeps: boolean;
  readonly words: ReadonlySet<string>;
  readonly readingWords: ReadonlySet<string>;
  standing: 'counts' | 'always' | 'session' | 'idle' | 'failed';
  readonly targets: Set<CatalogueKey>;
}

const ALWAYS_KINDS = new Set([
  'AlterDatabaseSetStmt',
  'AlterRoleSetStmt',
  'AlterDefaultPrivilegesStmt',
  'GrantRoleStmt',
  'AlterSystemStmt',
]);
const WRITE_LOCKED = new Set(['r', 'p', 'v', 'm', 'S', 'f']);
const READ_LOCKED = new Set(['r', 'p', 'v', 'm', 'f']);
const NAMED_KINDS = new Set([
  'table',
  'view',
  'materialized view',
  'sequence',
  'foreign table',
  'function',
  'procedure',
  'type',
  'domain',
  'aggregate',
  'schema',
]);
/** What every statement of a history wrote and needed; docs/slicing.md has the rules and why they are so. */
export function createDrafts(
  { migrations }: Pick<History, 'migrations'>,
  statements: readonly ParsedStatement[],
  watched: readonly WatchedStatement[],
): readonly Draft[] {
  const memory: Memory = {
    filled: new Set(),
    names: new Map(),
    dependencies: new Map(),
    roles: new Set(),
    path: null,
    bodies: new Map(),
    relations: createRelationNames(),
    heirs: createHeirs(),
  };
  const drafts = statements.map((statement, index) => createDraft(statement, watched[index]!, memory));
  const isRepeatable = ({ statement }: Draft): boolean =>
    migrations[statement.migration]!.contentDigest !== undefined;
  addCounterparts(drafts.filter(isRepeatable), memory.names);
  return withPublicWhereItChanges(drafts);
}

/** What earlier statements left behind. */
interface Memory {
  /** Tables that ever had rows. */
  readonly filled: Set<CatalogueKey>;
  /** All names that an object ever had. */
  readonly names: Map<CatalogueKey, Set<string>>;
  readonly dependencies: Map<CatalogueKey, Set<CatalogueKey>>;
  readonly relations: RelationNames;
  readonly heirs: Heirs;
  /** The words of functions, by function. */
  readonly bodies: Map<CatalogueKey, ReadonlySet<string>>;
  /** The schemas of the search path that a migration has set, while it lasts. */
  path: { readonly migration: number; readonly schemas: readonly ResolvedName[] } | null;
  /** Roles that the history made. */
  readonly roles: Set<string>;
}

function createDraft(statement: ParsedStatement, watched: WatchedStatement, memory: Memory): Draft {
  const words = getStatementWords(statement);
  const readingWords = new Set(getReadingWords(statement));
  // What a called body names is named; the body of an SQL function may take the place of its call, which no count shows.
  const bodies = [
    ...watched.calls.map(({ source }) => getWords(source)),
    ...watched.resolved.map(({ object }) => memory.bodies.get(object) ?? []),
  ];
  for (const body of bodies) {
    for (const word of body) {
      words.add(word);
      readingWords.add(word);
    }
  }
  if (statement.kind === 'CreateFunctionStmt') {
    for (const { self } of watched.commands) if (self !== null) memory.bodies.set(self, words);
  }
  const draft: Draft = {
    statement,
    watched,
    words,
    readingWords,
    standing: 'counts',
    sweeps: false,
    made: [],
    obstacles: new Set(),
    freed: new Set(),
    conditional: [],
    writes: new Set(),
    needs: new Set(),
    reads: new Set(),
    targets: new Set(),
  };
  if (isSessionSetting(statement)) {
    draft.standing = 'session';
    const schemas = watched.resolved.filter(({ kind }) => kind === 'schema');
    if (schemas.length > 0) memory.path = { migration: statement.migration, schemas };
    return draft;
  }
  // Under another name of its schemas a search path finds, and makes, other things.
  for (const { name, object } of memory.path?.migration === statement.migration ? memory.path.schemas : []) {
    readingWords.add(name);
    draft.reads.add(object);
  }
  addRoles(draft, memory.roles);
  if (watched.failed !== null) {
    draft.standing = 'failed';
    for (const { object } of watched.resolved) draft.needs.add(object);
    return draft;
  }
  if (ALWAYS_KINDS.has(statement.kind) && draft.writes.size === 0) {
    draft.standing = 'always';
    for (const { object, kind } of watched.resolved) if (kind === 'schema') draft.needs.add(object);
    return draft;
  }
  addWrites(draft, memory);
  addNeeds(draft, memory);
  addReads(draft, memory);
  if (!hasEffect(draft, memory) && draft.standing === 'counts') {
    draft.standing = 'idle';
    addTargets(draft, memory.names);
  }
  return draft;
}

function getSequences({ statement, watched }: Draft): readonly CatalogueKey[] {
  if (!DATA_KINDS.has(statement.kind) || statement.kind === 'RefreshMatViewStmt') return [];
  return watched.locks.filter((l) => l.relkind === 'S' && l.mode === 'RowExclusive').map((l) => l.object);
}

function isTruncatingRows({ statement, watched }: Draft, memory: Memory): boolean {
  return (
    statement.kind === 'TruncateStmt' && watched.resolved.some(({ object }) => memory.filled.has(object))
  );
}

function hasEffect(draft: Draft, memory: Memory): boolean {
  const { statement, watched } = draft;
  if (statement.kind === 'GrantStmt' && watched.mode === 'own') return watched.rights.length > 0;
  return (
    watched.commands.length > 0 ||
    watched.drops.length > 0 ||
    watched.rows.length > 0 ||
    watched.rights.length > 0 ||
    watched.createdRoles.length > 0 ||
    draft.writes.size > 0 ||
    isTruncatingRows(draft, memory) ||
    (statement.kind === 'SelectStmt' && getSequences(draft).length > 0)
  );
}

function addWrites(draft: Draft, memory: Memory): void {
  const { statement, watched, writes } = draft;
  for (const { object } of watched.rows) {
    memory.filled.add(object);
    writes.add(object);
  }
  for (const object of watched.touched) writes.add(object);
  if (isTruncatingRows(draft, memory)) for (const { object } of watched.resolved) writes.add(object);
  // A SELECT of nextval or setval counts by the sequence alone; an INSERT that met no row took nothing from it.
  if (watched.rows.length > 0 || statement.kind === 'SelectStmt' || statement.kind === 'DoStmt') {
    for (const sequence of getSequences(draft)) writes.add(sequence);
  }
  for (const object of watched.rights) writes.add(object);
  if (statement.kind === 'GrantStmt' && watched.mode !== 'own') {
    // Without a transaction of its own, xmin does not tell whose rights changed: then by name.
    for (const { object, kind } of watched.resolved) if (kind !== 'schema') writes.add(object);
    if (writes.size === 0) draft.standing = 'always';
  }
  draft.made.push(...getGivenNames(watched.commands));
}

function addNeeds(draft: Draft, memory: Memory): void {
  const { statement, watched, needs, words } = draft;
  const { kind } = statement;
  const isData = DATA_KINDS.has(kind);
  const isMentioned = createMentionCheck(draft, memory);
  const dropsIfExists = kind === 'DropStmt' && statement.node['missing_ok'] === true;
  if (kind !== 'DoStmt' && !dropsIfExists) for (const { object } of watched.resolved) needs.add(object);
  const lockKinds = isData ? WRITE_LOCKED : READ_LOCKED;
  if (isData || kind !== 'DropStmt') {
    for (const { object, relkind } of watched.locks) {
      if (relkind !== null && lockKinds.has(relkind) && isMentioned(object)) needs.add(object);
    }
  }
  if (isData) {
    const dropped = new Set(watched.drops.map((drop) => drop.owner));
    for (const object of watched.touched) if (!dropped.has(object) && isMentioned(object)) needs.add(object);
    for (const object of watched.rights) if (isMentioned(object)) needs.add(object);
    // Rows of tables that inherit, or below a view, count as rows of what is named.
    for (const object of memory.heirs.getMet(watched)) {
      if (memory.filled.has(object)) needs.add(object);
      draft.reads.add(object);
    }
    if (watched.touched.length > 1) addRelatedNames(draft, memory.names);
    draft.sweeps =
      !isRepeatableGrant(draft) && getChangedByBlock(draft).some((object) => !isMentioned(object));
  }
  for (const { object, name } of watched.calls) if (words.has(name)) needs.add(object);
  const made = [...watched.commands, ...watched.silent];
  for (const command of made) {
    // A name that the statement itself gives was not chosen.
    if (words.has(getLastName(command.identity))) continue;
    for (const { self, owner } of memory.relations.getObstacles(command)) {
      needs.add(owner);
      draft.obstacles.add(self);
    }
  }
  for (const self of memory.relations.record(made, watched.drops)) draft.freed.add(self);
  memory.heirs.record(watched);
  for (const { object, needs: needed, via } of watched.dependencies)
    draft.conditional.push([object, needed, via]);
}

/** Records the names of what a statement touched, and tells whether the statement speaks of an object by one of them. */
function createMentionCheck({ watched, words }: Draft, memory: Memory): (object: CatalogueKey) => boolean {
  const now = new Map<CatalogueKey, Set<string>>();
  const add = (object: CatalogueKey | null, name: string | null): void => {
    if (object === null || name === null || name === '') return;
    for (const names of [now, memory.names]) {
      const known = names.get(object) ?? new Set();
      names.set(object, known.add(name));
    }
  };
  for (const { object, relname } of watched.locks) add(object, relname);
  for (const { owner, type, identity } of [...watched.commands, ...watched.drops]) {
    if (NAMED_KINDS.has(type)) add(owner, getLastName(identity));
  }
  for (const { object, name } of watched.calls) add(object, name);
  return (object) => {
    for (const name of now.get(object) ?? memory.names.get(object) ?? []) {
      if (words.has(name) || words.has(name.toLowerCase())) return true;
    }
    return false;
  };
}

function addReads({ statement, watched, needs, writes, reads }: Draft, { dependencies }: Memory): void {
  for (const object of [...needs, ...writes]) reads.add(object);
  for (const { object, needs: needed, fresh } of watched.dependencies) {
    if (fresh || !object.startsWith('pg_class')) reads.add(needed);
    const known = dependencies.get(object) ?? new Set();
    dependencies.set(object, known.add(needed));
  }
  if (!DATA_KINDS.has(statement.kind)) return;
  for (const object of [...needs, ...writes]) {
    for (const type of dependencies.get(object) ?? []) if (type.startsWith('pg_type')) reads.add(type);
  }
}
