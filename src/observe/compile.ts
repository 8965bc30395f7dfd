import type { CatalogueFacts } from '../model/fact.js';
import type { History } from '../model/history.js';
import {
  type Effect,
  OBSERVATION_FORMAT,
  type ObjectRef,
  type Observation,
  type ObservedObject,
  type ObservedStatement,
} from '../model/observation.js';
import { renderDefaultsUndone } from '../sql/default-privileges.js';
import { getStatementsDigest } from '../sql/statements.js';
import { getConcurrently, getMadeTable, getRoles } from '../sql/traits.js';
import { packObjects } from '../verify/kept-objects.js';
import type { Draft } from './drafts.js';
import type { FinalState } from './final-state.js';
import { isRepeatableGrant } from './grants.js';
import { getEarlierNeeds } from './order.js';
import { getPartitionEffects, isPartition, type PartitionEffect } from './partitions.js';
import type { CatalogueKey } from './records.js';
import { getSpan } from './respan.js';
import { createRoleSearch } from './sought-roles.js';
import { getLastName } from './tracker.js';

export interface CompileInput {
  readonly history: History;
  readonly drafts: readonly Draft[];
  readonly environment: ReadonlySet<CatalogueKey>;
  readonly final: FinalState;
  /** What the catalogue says at the end. */
  readonly facts: CatalogueFacts;
  /** Last names of objects that are gone by the end. */
  readonly lastIdentities: ReadonlyMap<CatalogueKey, { readonly type: string; readonly identity: string }>;
  readonly serverVersion: number;
}

/** Turns catalogue keys, which mean nothing elsewhere, into numbered objects with names. */
export function compileObservation(input: CompileInput): Observation {
  const { drafts, final, history } = input;
  const refs = new Map<CatalogueKey, ObjectRef>();
  const objects: ObservedObject[] = [];
  const getRef = (key: CatalogueKey): ObjectRef => {
    const known = refs.get(key);
    if (known !== undefined) return known;
    refs.set(key, objects.length);
    objects.push(renderObject(key, input));
    return objects.length - 1;
  };
  const getSoughtRoles = createRoleSearch(drafts.map(({ statement }) => statement));
  const earlier = getEarlierNeeds(drafts);
  const partitions = getPartitionEffects(drafts);
  const isNew = createNeedFilter();
  const statements = drafts.map((draft, ordinal): ObservedStatement => {
    const { migration, kind, file, digest } = draft.statement;
    return {
      migration,
      kind,
      ...getSpan(draft.statement),
      digest,
      effect: {
        ...compileEffect(
          draft,
          { before: earlier[ordinal]!, isNew, soughtRoles: getSoughtRoles(draft.statement) },
          getRef,
          file ?? history.migrations[migration]!.name,
        ),
        ...renderPartitions(partitions[ordinal]!),
      },
    };
  });
  const tables = final.tables
    .filter(({ object }) => !input.environment.has(object))
    .map(({ schema, name, object }) => ({ schema, name, object: getRef(object) }));
  const late = [...final.late]
    .filter(([object]) => refs.has(object))
    .map(([object, names]) => [getRef(object), names.map(getRef)] as const);
  return {
    format: OBSERVATION_FORMAT,
    digest: history.digest,
    statementsDigest: getStatementsDigest(statements),
    historyFormat: history.format,
    migrations: history.migrations.map(({ name }) => name),
    server: input.serverVersion,
    statements,
    tables,
    late,
    objects,
    facts: packObjects(input.facts, { objects, clocked: getClockedPartitions(drafts) }),
  };
}

// https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT
const CLOCK =
  /\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(|\bcurrent_(?:date|time|timestamp)\b|\blocaltime(?:stamp)?\b|'(?:now|today|tomorrow|yesterday)'/i;

/** Partitions that were made by code which asks what time it is. */
function getClockedPartitions(drafts: readonly Draft[]): ReadonlySet<string> {
  const clocked = drafts.flatMap(({ statement, watched }) => {
    const isWritten = statement.kind === 'CreateStmt' || statement.kind === 'AlterTableStmt';
    if (
      isWritten ||
      ![statement.sql, ...watched.calls.map(({ source }) => source)].some((text) => CLOCK.test(text))
    )
      return [];
    return watched.commands.filter(isPartition).map(({ identity }) => identity);
  });
  return new Set(clocked);
}

function renderPartitions(effect: PartitionEffect | null): Pick<Effect, 'partitions' | 'only'> {
  if (effect === null) return {};
  return { partitions: effect.partitions, ...(effect.only ? { only: true } : {}) };
}

function compileEffect(
  draft: Draft,
  { before, isNew, soughtRoles }: Around,
  getRef: (key: CatalogueKey) => ObjectRef,
  file: string,
): Effect {
  const { watched, statement, standing } = draft;
  const roles = getRoles(statement);
  const concurrently = getConcurrently(statement);
  const table = getMadeTable(statement);
  const undo = renderDefaultsUndone(statement);
  const compile = (keys: Iterable<CatalogueKey>): ObjectRef[] =>
    [...new Set([...keys].map(getRef))].sort((a, b) => a - b);
  const created = watched.commands.filter(
    (c) => c.tag.startsWith('CREATE') && c.self !== null && c.self === c.owner,
  );
  return {
    writes: compile(draft.writes),
    needs: compile(draft.needs),
    conditional: draft.conditional
      .filter((need) => isNew(draft, need))
      .map(([object, needs, via]) => [getRef(object), getRef(needs), via] as const),
    parts: getParts(draft).map(([object, part]) => [getRef(object), part] as const),
    creates: compile(created.map((command) => command.owner!)),
    ...(standing === 'always' || standing === 'session' ? { always: true as const } : {}),
    ...(standing === 'session' ? { session: true as const } : {}),
    ...(standing === 'idle' ? { idle: true as const } : {}),
    ...(draft.targets.size > 0 ? { targets: compile(draft.targets) } : {}),
    ...(watched.failed === null
      ? {}
      : { failed: { ...watched.failed, ...(table === null ? {} : { table: { ...table, file } }) } }),
    ...(watched.mode === 'outside' ? { outside: true as const } : {}),
    ...(concurrently === null ? {} : { concurrently }),
    ...(roles.length > 0 ? { roles } : {}),
    ...(soughtRoles.length > 0 ? { soughtRoles } : {}),
    ...(isRepeatableGrant(draft) ? { repeatable: true as const } : {}),
    ...(undo === null ? {} : { undo }),
    ...(before.length > 0 ? { before } : {}),
  };
}

/** What the whole history says of one statement. */
interface Around {
  readonly before: readonly number[];
  readonly isNew: NeedFilter;
  readonly soughtRoles: readonly string[];
}

type NeedFilter = (draft: Draft, need: Draft['conditional'][number]) => boolean;

/** Whoever wants an object keeps all that wrote it: what the first of them says need not be said again. */
function createNeedFilter(): NeedFilter {
  const told = new Set<string>();
  return ({ standing, writes }, [object, needs]) => {
    const key = `${object} ${needs}`;
    if (told.has(key)) return false;
    if (standing === 'counts' && writes.has(object)) told.add(key);
    return true;
  };
}

function getParts({ watched }: Draft): readonly (readonly [CatalogueKey, string])[] {
  return watched.commands.flatMap(({ self, owner, type, identity }) =>
    self === null || owner === null || self === owner
      ? []
      : [[owner, renderPart(self, type, identity)] as const],
  );
}

// A table that belongs to another table is its partition.
function renderPart(self: CatalogueKey, type: string, identity: string): string {
  const isPartition = self.startsWith('pg_class:') && type === 'table';
  return `${isPartition ? 'partition' : type} ${getLastName(identity)}`;
}

function renderObject(
  key: CatalogueKey,
  { final, lastIdentities, environment }: CompileInput,
): ObservedObject {
  const around = environment.has(key) ? { environment: true as const } : {};
  if (key.startsWith('role:')) return { type: 'role', identity: key.slice('role:'.length) };
  const now = final.identities.get(key);
  if (now !== undefined) return { ...now, ...around };
  return { ...(lastIdentities.get(key) ?? { type: 'object', identity: key }), ...around, gone: true };
}
