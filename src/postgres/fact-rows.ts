import type { Fact, FactKind, ObjectFacts } from '../model/fact.js';
import { withInheritedColumns } from './inherited-columns.js';
import type { Row } from './session.js';

/** Turns rows of the catalogue into facts of objects. */
export interface FactCollector {
  addRelation(row: Row): void;
  addFunction(row: Row): void;
  addType(row: Row): void;
  addOther(row: Row): void;
  addColumn(row: Row): void;
  addConstraintsAndIndexes(constraints: readonly Row[], indexes: readonly Row[]): void;
  addTrigger(row: Row): void;
  addPart(row: Row): void;
  addRight(row: Row): void;
  addComment(row: Row): void;
  getObjects(): readonly ObjectFacts[];
}

interface Collected {
  readonly head: Omit<ObjectFacts, 'facts'>;
  readonly facts: Fact[];
}

const RELATION_TYPES: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized view',
  S: 'sequence',
  f: 'foreign table',
  c: 'type',
};
const STORAGE: Readonly<Record<string, string>> = { p: 'plain', e: 'external', x: 'extended', m: 'main' };
const COMPRESSION: Readonly<Record<string, string>> = { p: 'pglz', l: 'lz4' };
const ENABLED: Readonly<Record<string, string>> = {
  O: '',
  D: ' (disabled)',
  R: ' (replica only)',
  A: ' (always)',
};

export function createFactCollector(): FactCollector {
  // An oid is unique within its catalogue only.
  const objects = new Map<string, Collected>();
  // What a partition has of its parent bears its parent's name.
  const rootNames = new Map<unknown, string>();

  const add = (key: string, head: Collected['head'], facts: readonly (Fact | null)[]): void =>
    void objects.set(key, { head, facts: facts.filter((fact) => fact !== null) });
  const push = (key: string, ...facts: readonly (Fact | null)[]): void =>
    void objects.get(key)?.facts.push(...facts.filter((fact) => fact !== null));

  return {
    addRelation(row) {
      const { oid, q, relkind, owner, parent } = row;
      const head = {
        type: RELATION_TYPES[String(relkind)]!,
        identity: String(q),
        owner: String(owner),
        ...(typeof parent === 'string' ? { parent } : {}),
      };
      add(`relation ${oid}`, head, [
        getFact('partition', '', row['bound']),
        getFact('partition key', '', row['key']),
        getFact('inherits', '', row['inherits']),
        getFact('persistence', '', row['persistence']),
        getFact('row security', '', row['security']),
        getFact('replica identity', '', row['replica']),
        getFact('access method', '', row['method']),
        getFact('options', '', row['options']),
        getFact('of type', '', row['typed']),
        getFact('foreign server', '', row['server']),
        getFact('definition', '', row['definition']),
        getFact('sequence', '', row['sequence']),
        getFact('owned by', '', row['owned']),
      ]);
    },
    addFunction(row) {
      const { oid, type, identity, owner } = row;
      const returns = row['returns'] === null ? '' : ` RETURNS ${row['returns']}`;
      add(`function ${oid}`, { type: String(type), identity: String(identity), owner: String(owner) }, [
        getFact('signature', '', `(${row['arguments']})${returns}`),
        getFact('language', '', row['language']),
        getFact(row['isParsed'] === true ? 'definition' : 'body', '', row['body']),
        getFact('volatility', '', row['volatility']),
        getFact('security', '', row['security']),
        getFact('settings', '', row['settings']),
        getFact('traits', '', row['traits']),
      ]);
    },
    addType(row) {
      add(`type ${row['oid']}`, { type: 'type', identity: String(row['q']), owner: String(row['owner']) }, [
        getFact('labels', '', row['labels']),
        getFact('base type', '', renderType(row['base'])),
        row['notNull'] === true ? ['not null', '', 'NOT NULL'] : null,
        getFact('default', '', row['default']),
        getFact('collation', '', row['collation']),
        getFact('subtype', '', row['subtype']),
        ...(row['checks'] as [string, string][]).map(([name, text]) => getFact('constraint', name, text)),
      ]);
    },
    addOther({ type, identity, owner, oid, schema }) {
      const key = oid === 0 ? `${type} ${identity}` : `${type} ${oid}`;
      const owned = typeof owner === 'string' ? { owner } : {};
      const head = { type: String(type), identity: String(identity), ...owned };
      add(key, head, [getFact('schema', '', schema)]);
    },
    addColumn(row) {
      const name = String(row['name']);
      const generated = row['generated'] === 's' ? ' STORED' : row['generated'] === 'v' ? ' VIRTUAL' : null;
      push(
        `relation ${row['oid']}`,
        getFact('column', name, renderType(row['type'])),
        row['notNull'] === true ? ['not null', name, 'NOT NULL'] : null,
        generated === null
          ? getFact('default', name, row['expression'])
          : ['generated', name, `(${row['expression']})${generated}`],
        getFact('identity', name, row['identity']),
        getFact('collation', name, row['collation']),
        getFact('storage', name, STORAGE[String(row['storage'])]),
        getFact('compression', name, COMPRESSION[String(row['compression'])]),
        getFact('statistics target', name, row['target']),
        getFact('column options', name, row['options']),
      );
    },
    addConstraintsAndIndexes(constraints, indexes) {
      for (const [self, name] of getRootNames([...constraints, ...indexes])) rootNames.set(self, name);
      const states = new Map(indexes.map((row) => [row['self'], renderIndexState(row)]));
      for (const row of constraints) {
        // A foreign key's index is the one that it refers to.
        const isForeign = String(row['text']).startsWith('FOREIGN KEY');
        const state = isForeign ? '' : (states.get(row['index']) ?? '');
        const text = `${row['text']}${state}${row['disabled'] === true ? ' (its triggers are disabled)' : ''}`;
        push(`relation ${row['oid']}`, ['constraint', rootNames.get(row['self'])!, text]);
      }
      const definitions = getIndexDefinitions(indexes);
      for (const row of indexes) {
        if (row['ofConstraint'] === true) continue;
        const text = `${definitions.get(row['self'])}${states.get(row['self'])}`;
        push(`relation ${row['oid']}`, ['index', rootNames.get(row['self'])!, text]);
      }
    },
    addTrigger({ oid, name, on, text, enabled }) {
      // The table is known, and a partition's trigger is its parent's.
      const [head, ...rest] = String(text).split(` ON ${on} `);
      const definition = [head!.replace(/^CREATE (CONSTRAINT )?TRIGGER ("[^"]*"|\S)+ /, '$1'), ...rest].join(
        ' ',
      );
      push(`relation ${oid}`, ['trigger', String(name), `${definition}${ENABLED[String(enabled)] ?? ''}`]);
    },
    addPart: ({ oid, kind, name, text }) =>
      push(`relation ${oid}`, [kind as FactKind, String(name), String(text)]),
    addRight({ class: of, oid, col, grantee, text }) {
      const name = col === '' ? String(grantee) : `${grantee} on column ${col}`;
      push(`${of} ${oid}`, ['grant', name, String(text)]);
    },
    addComment({ class: of, oid, kind, name, self, text }) {
      const known = self === 0 ? String(name) : (rootNames.get(self) ?? String(name));
      push(`${of} ${oid}`, ['comment', kind === '' ? '' : `${kind} ${known}`, String(text)]);
    },
    getObjects: () =>
      withInheritedColumns([...objects.values()].map(({ head, facts }) => ({ ...head, facts }))),
  };
}

function getFact(kind: FactKind, name: string, text: unknown): Fact | null {
  return text === null || text === undefined || text === '' ? null : [kind, name, String(text)];
}

// The names that people write: https://www.postgresql.org/docs/current/datatype.html#DATATYPE-TABLE
function renderType(type: unknown): unknown {
  if (typeof type !== 'string') return type;
  return type
    .replace(/^character varying/, 'varchar')
    .replace(/^character\(/, 'char(')
    .replace(/^bit varying/, 'varbit')
    .replace(/^(time(?:stamp)?)(\(\d\))? with time zone/, '$1tz$2')
    .replace(/^(time(?:stamp)?)(\(\d\))? without time zone/, '$1$2');
}

/** Names of constraints and indexes; of those that belong to a parent's, the uppermost parent's. */
function getRootNames(rows: readonly Row[]): ReadonlyMap<unknown, string> {
  const bySelf = new Map(rows.map((row) => [row['self'], row]));
  const getName = (row: Row): string => {
    const parent = bySelf.get(row['parent']);
    return parent === undefined ? String(row['name']) : getName(parent);
  };
  return new Map(rows.map((row) => [row['self'], getName(row)]));
}

/** Definitions of indexes; one that belongs to a parent's has that one's. */
function getIndexDefinitions(indexes: readonly Row[]): ReadonlyMap<unknown, string> {
  const bySelf = new Map(indexes.map((row) => [row['self'], row]));
  const getDefinition = (row: Row | undefined): string => {
    if (row === undefined) return "part of its parent's";
    return row['text'] === null
      ? getDefinition(bySelf.get(row['parent']))
      : renderIndexDefinition(String(row['text']));
  };
  return new Map(indexes.map((row) => [row['self'], getDefinition(row)]));
}

function renderIndexState(row: Row): string {
  const states = [
    ...(row['valid'] === true ? [] : ['invalid']),
    ...(row['clustered'] === true ? ['clustered'] : []),
    ...(row['replica'] === true ? ['replica identity'] : []),
  ];
  return states.length === 0 ? '' : ` (${states.join(', ')})`;
}

// `CREATE UNIQUE INDEX name ON ONLY schema.table USING btree (…)`: names may hold any words but in quotes.
function renderIndexDefinition(text: string): string {
  const found =
    /^CREATE (UNIQUE )?INDEX (?:"(?:[^"]|"")*"|[^\s"])+ ON (?:ONLY )?(?:"(?:[^"]|"")*"|[^\s"])+ ([\s\S]*)$/.exec(
      text,
    );
  // What nobody says: a B-tree.
  return found === null ? text : `${found[1] ?? ''}${found[2]!.replace(/^USING btree /, '')}`;
}
