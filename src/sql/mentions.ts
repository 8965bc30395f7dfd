import { collectPlpgsqlNames, getFunctionBody } from './bodies.js';
import { collectNames, createNameCollector, type MentionedNames, type NameCollector } from './names.js';
import { parseSql, type TreeNode } from './parser.js';
import type { ParsedStatement } from './statements.js';
import { getChild, getList, getNames, getString, isNode } from './tree.js';

const RELATION_OBJECTS = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_SEQUENCE',
  'OBJECT_INDEX',
  'OBJECT_FOREIGN_TABLE',
]);
const OBJECTS_OF_RELATIONS = new Set([
  'OBJECT_TRIGGER',
  'OBJECT_POLICY',
  'OBJECT_RULE',
  'OBJECT_COLUMN',
  'OBJECT_TABCONSTRAINT',
]);

/**
 * The names that must resolve before a statement runs. DO blocks and DROP … IF EXISTS name what may be
 * missing, so theirs do not count; of a PL/pgSQL body only the declared types do.
 */
export function getMentions(statement: Pick<ParsedStatement, 'kind' | 'node' | 'sql'>): MentionedNames {
  const names = createNameCollector();
  const { kind, node } = statement;
  if (kind === 'DoStmt') return names.getMentioned();
  if (kind === 'DropStmt') {
    if (node['missing_ok'] !== true) collectDropped(node, names);
    return names.getMentioned();
  }
  if (kind === 'CreateFunctionStmt') {
    collectFunction(statement, names);
    return names.getMentioned();
  }
  collectNames({ [kind]: node }, names);
  const type = getString(node, 'renameType') || getString(node, 'objtype') || getString(node, 'objectType');
  if (isNode(node['object'])) collectObject(type, node['object'], names);
  for (const option of getList(node, 'options').map((o) => getChild(o, 'DefElem'))) {
    // ALTER SEQUENCE … OWNED BY table.column
    if (option['defname'] === 'owned_by') {
      const parts = getNames(getChild(getChild(option, 'arg'), 'List')['items']);
      if (parts.length > 1) names.addRelation(parts.slice(0, -1));
    }
  }
  if (kind === 'DefineStmt') {
    // The support functions of an aggregate or operator stand as type names in the parse tree.
    for (const definition of getList(node, 'definition').map((d) => getChild(d, 'DefElem'))) {
      const parts = getNames(getChild(getChild(definition, 'arg'), 'TypeName')['names']);
      if (parts.length > 0) names.addFunction(parts);
    }
  }
  if (kind === 'GrantStmt') {
    for (const name of getNames(node['objects'])) names.addSchema(name);
  }
  if (kind === 'AlterEnumStmt' || kind === 'AlterDomainStmt') names.addType(getNames(node['typeName']));
  collectSchemas(statement, type, names);
  return names.getMentioned();
}

function collectSchemas(
  { kind, node }: Pick<ParsedStatement, 'kind' | 'node'>,
  type: string,
  names: NameCollector,
): void {
  if (kind === 'VariableSetStmt' && getString(node, 'name') === 'search_path') {
    for (const argument of getList(node, 'args')) {
      names.addSchema(getString(getChild(getChild(argument, 'A_Const'), 'sval'), 'sval'));
    }
  }
  // ALTER … SET SCHEMA s
  names.addSchema(getString(node, 'newschema'));
  if (type === 'OBJECT_SCHEMA') {
    names.addSchema(
      getString(node, 'subname') || getString(getChild(getChild(node, 'object'), 'String'), 'sval'),
    );
  }
  if (kind === 'AlterDefaultPrivilegesStmt') {
    for (const option of getList(node, 'options').map((o) => getChild(o, 'DefElem'))) {
      if (option['defname'] !== 'schemas') continue;
      for (const name of getNames(getChild(getChild(option, 'arg'), 'List')['items'])) names.addSchema(name);
    }
  }
}

function collectFunction({ node, sql }: Pick<ParsedStatement, 'node' | 'sql'>, names: NameCollector): void {
  collectNames(
    { parameters: node['parameters'], returnType: node['returnType'], sql_body: node['sql_body'] },
    names,
  );
  const { language, source } = getFunctionBody(node);
  if (language === 'sql' && source !== '') {
    const outcome = parseSql(source);
    for (const inner of outcome.statements ?? []) collectNames({ statement: inner.node }, names);
  } else if (language === 'plpgsql') {
    collectPlpgsqlNames(sql, createNameCollector(), names);
  }
}

function collectDropped(node: TreeNode, names: NameCollector): void {
  for (const object of getList(node, 'objects')) {
    collectObject(getString(node, 'removeType'), object, names);
    if (isNode(object['ObjectWithArgs'])) collectNames({ object }, names);
  }
}

function collectObject(type: string, object: TreeNode, names: NameCollector): void {
  const parts = isNode(object['List'])
    ? getNames(object['List']['items'])
    : getNames(getChild(object, 'TypeName')['names']);
  if (parts.length === 0) return;
  if (RELATION_OBJECTS.has(type)) names.addRelation(parts);
  else if (OBJECTS_OF_RELATIONS.has(type)) names.addRelation(parts.slice(0, -1));
  else if (type === 'OBJECT_TYPE' || type === 'OBJECT_DOMAIN') names.addType(parts);
}
