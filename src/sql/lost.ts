import type { QualifiedName } from './names.js';
import type { TreeNode } from './parser.js';
import { getChild, getList, getNames, getString, isNode } from './tree.js';

/** An identifier that a statement takes away from an object: a later reader of it would no longer find it. */
export interface LostIdentifier {
  readonly of: QualifiedName;
  readonly ofKind: 'relation' | 'type' | 'function' | 'schema';
  readonly identifier: string;
  /** A label of an enum: it stands in literals, not in names. */
  readonly label: boolean;
}

const SUB_OBJECTS = new Set([
  'OBJECT_COLUMN',
  'OBJECT_TABCONSTRAINT',
  'OBJECT_TRIGGER',
  'OBJECT_POLICY',
  'OBJECT_ATTRIBUTE',
]);
const LOSING_COMMANDS = new Set(['AT_AlterColumnType', 'AT_DropColumn', 'AT_DropConstraint']);

/** What a statement renames, retypes or drops by name (what is dropped as a whole is seen by watching). */
export function getLostIdentifiers(kind: string, node: TreeNode): readonly LostIdentifier[] {
  if (kind === 'RenameStmt') return getRenamed(node);
  const relation = getChild(node, 'relation');
  const of = { schema: getString(relation, 'schemaname'), name: getString(relation, 'relname') };
  if (kind === 'AlterTableStmt') {
    return getList(node, 'cmds')
      .map((command) => getChild(command, 'AlterTableCmd'))
      .filter(
        (command) => LOSING_COMMANDS.has(getString(command, 'subtype')) && getString(command, 'name') !== '',
      )
      .map((command) => ({ of, ofKind: 'relation', identifier: getString(command, 'name'), label: false }));
  }
  if (kind === 'AlterObjectSchemaStmt' && of.name !== '') {
    return [{ of, ofKind: 'relation', identifier: of.name, label: false }];
  }
  if (kind === 'AlterObjectSchemaStmt') return getLostName(getString(node, 'objectType'), node, '');
  if (kind === 'AlterEnumStmt' && getString(node, 'oldVal') !== '') {
    const parts = getNames(node['typeName']);
    const type = { schema: parts.at(-2) ?? '', name: parts.at(-1) ?? '' };
    return [{ of: type, ofKind: 'type', identifier: getString(node, 'oldVal'), label: true }];
  }
  return [];
}

function getRenamed(node: TreeNode): readonly LostIdentifier[] {
  const type = getString(node, 'renameType');
  const subname = getString(node, 'subname');
  const relation = getChild(node, 'relation');
  if (getString(relation, 'relname') !== '') {
    const of = { schema: getString(relation, 'schemaname'), name: getString(relation, 'relname') };
    const isAttribute = type === 'OBJECT_ATTRIBUTE';
    const identifier = SUB_OBJECTS.has(type) ? subname : of.name;
    return [{ of, ofKind: isAttribute ? 'type' : 'relation', identifier, label: false }];
  }
  if (type === 'OBJECT_SCHEMA') {
    return [{ of: { schema: '', name: subname }, ofKind: 'schema', identifier: subname, label: false }];
  }
  return getLostName(type, node, subname);
}

/** The name of a type or function that is renamed or moved, or the part of it that is. */
function getLostName(type: string, node: TreeNode, part: string): readonly LostIdentifier[] {
  const object = getChild(node, 'object');
  const parts = isNode(object['List'])
    ? getNames(object['List']['items'])
    : isNode(object['ObjectWithArgs'])
      ? getNames(object['ObjectWithArgs']['objname'])
      : getNames(getChild(object, 'TypeName')['names']);
  const name = parts.at(-1);
  if (name === undefined) return [];
  const ofKind = /FUNCTION|PROCEDURE|ROUTINE|AGGREGATE/.test(type)
    ? 'function'
    : /TYPE|DOMAIN|DOMCONSTRAINT/.test(type)
      ? 'type'
      : 'relation';
  return [{ of: { schema: parts.at(-2) ?? '', name }, ofKind, identifier: part || name, label: false }];
}

const NAME = String.raw`("(?:[^"]|"")+"|'[^']+'|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;
const RENAMED = new RegExp(
  String.raw`\brename\s+(?:column\s+|attribute\s+|constraint\s+|value\s+)?${NAME}\s+to\b`,
  'gi',
);
const RETYPED = new RegExp(String.raw`\balter\s+(?:column\s+)?${NAME}\s+(?:set\s+data\s+)?type\b`, 'gi');

/** What code renames or retypes of an object, as far as it is written there; labels of enums stand in quotes. */
export function getLostInCode(text: string): readonly Pick<LostIdentifier, 'identifier' | 'label'>[] {
  // In what EXECUTE gets, quotes are doubled.
  const plain = text.replaceAll("''", "'");
  return [...plain.matchAll(RENAMED), ...plain.matchAll(RETYPED)].map(([, name]) => {
    const quote = name![0]!;
    const isQuoted = quote === '"' || quote === "'";
    const identifier = isQuoted ? name!.slice(1, -1).replaceAll(quote + quote, quote) : name!.toLowerCase();
    return { identifier, label: quote === "'" };
  });
}
