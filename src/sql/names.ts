import type { TreeNode } from './parser.js';
import { getNames, isNode, walkTree } from './tree.js';

/** A name as it stands in SQL; `schema` is empty where it is not qualified. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/** The names that SQL mentions, to be looked up in the live catalogue. */
export interface MentionedNames {
  readonly relations: readonly QualifiedName[];
  readonly types: readonly QualifiedName[];
  readonly functions: readonly QualifiedName[];
  readonly schemas: readonly string[];
}

/** Collects names without doubles. */
export interface NameCollector {
  addRelation(parts: readonly string[]): void;
  addType(parts: readonly string[]): void;
  addFunction(parts: readonly string[]): void;
  addSchema(name: string): void;
  getMentioned(): MentionedNames;
}

export function createNameCollector(): NameCollector {
  const relations = new Map<string, QualifiedName>();
  const types = new Map<string, QualifiedName>();
  const functions = new Map<string, QualifiedName>();
  const schemas = new Set<string>();
  const add = (into: Map<string, QualifiedName>, parts: readonly string[]): void => {
    const name = parts.at(-1);
    const schema = parts.at(-2) ?? '';
    if (name === undefined || name === '' || schema === 'pg_catalog') return;
    into.set(`${schema}\u0000${name}`, { schema, name });
    if (schema !== '') schemas.add(schema);
  };
  return {
    addRelation: (parts) => add(relations, parts),
    addType: (parts) => add(types, parts),
    addFunction: (parts) => add(functions, parts),
    addSchema: (name) => {
      if (name !== '') schemas.add(name);
    },
    getMentioned: () => ({
      relations: [...relations.values()],
      types: [...types.values()],
      functions: [...functions.values()],
      schemas: [...schemas],
    }),
  };
}

const SEQUENCE_FUNCTIONS = new Set(['nextval', 'setval', 'currval', 'pg_get_serial_sequence']);

/** Collects every relation, type and function that a parse tree names; names of CTEs are not relations. */
export function collectNames(tree: unknown, into: NameCollector): void {
  const ctes = new Set<string>();
  walkTree(tree, (key, value) => {
    if (key === 'ctename') ctes.add(String(value));
    return undefined;
  });
  const addRelation = (schema: string, name: string): void => {
    if (schema !== '' || !ctes.has(name)) into.addRelation([schema, name]);
  };
  const visit = (key: string, value: unknown): undefined => {
    if (isRangeVar(key, value)) addRelation(String(value['schemaname'] ?? ''), String(value['relname']));
    if (isTypeName(key, value)) collectTypeName(value, into);
    if (key === 'funcname' || key === 'objname') into.addFunction(getNames(value));
    if (
      key === 'FuncCall' &&
      isNode(value) &&
      SEQUENCE_FUNCTIONS.has(getNames(value['funcname']).at(-1) ?? '')
    ) {
      collectLiteralRelations(value['args'], into);
    }
    if (key === 'TypeCast' && isNode(value) && isRegclass(value['typeName'])) {
      collectLiteralRelations(value['arg'], into);
    }
    return undefined;
  };
  if (isNode(tree)) walkTree(tree, visit);
  else walkTree([tree], visit);
}

function isRangeVar(key: string, value: unknown): value is TreeNode {
  if (!isNode(value) || typeof value['relname'] !== 'string') return false;
  return 'relpersistence' in value || 'inh' in value || RANGE_VAR_KEYS.has(key);
}
const RANGE_VAR_KEYS = new Set(['RangeVar', 'relation', 'sequence', 'view', 'pktable', 'rel']);

function isTypeName(key: string, value: unknown): value is TreeNode {
  if (!isNode(value) || !Array.isArray(value['names'])) return false;
  return 'typemod' in value || 'typmods' in value || TYPE_NAME_KEYS.has(key);
}
const TYPE_NAME_KEYS = new Set(['TypeName', 'typeName', 'returnType', 'argType']);

function collectTypeName(type: TreeNode, into: NameCollector): void {
  const names = getNames(type['names']);
  // `table.column%TYPE` needs the table.
  if (type['pct_type'] === true) into.addRelation(names.slice(0, -1));
  else into.addType(names);
}

function isRegclass(type: unknown): boolean {
  return isNode(type) && getNames(type['names']).includes('regclass');
}

function collectLiteralRelations(tree: unknown, into: NameCollector): void {
  walkTree([{ tree }], (key, value) => {
    if (key === 'typeName') return false;
    const match = key === 'sval' && typeof value === 'string' ? LITERAL_NAME.exec(value) : null;
    if (match !== null) into.addRelation([foldName(match[1] ?? ''), foldName(match[2]!)]);
    return undefined;
  });
}
const LITERAL_NAME = /^(?:("(?:[^"]|"")+"|[^\s".]+)\.)?("(?:[^"]|"")+"|[^\s".]+)$/;

// As PostgreSQL reads a name: in lower case unless it is quoted.
function foldName(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
