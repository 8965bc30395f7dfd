import type { Concurrently } from '../model/plan.js';
import { getFunctionBody } from './bodies.js';
import type { TreeNode } from './parser.js';
import { createPositions } from './position.js';
import type { ParsedStatement } from './statements.js';
import { getChild, getList, getNames, getString, isNode, walkTree } from './tree.js';

type Sql = Pick<ParsedStatement, 'kind' | 'node' | 'sql' | 'tokens'>;

/** Statements that change rows, or call what may. */
export const DATA_KINDS: ReadonlySet<string> = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'SelectStmt',
  'MergeStmt',
  'CallStmt',
  'CopyStmt',
  'TruncateStmt',
  'CreateTableAsStmt',
  'RefreshMatViewStmt',
  'DoStmt',
  'ExecuteStmt',
]);

/** True for settings of the session: they run again whenever their migration does. */
export function isSessionSetting(statement: Sql): boolean {
  const { kind } = statement;
  if (kind === 'VariableSetStmt' || kind === 'DiscardStmt') return true;
  return kind === 'SelectStmt' && statement.tokens.some((token) => token.text.toLowerCase() === 'set_config');
}

/** True for SET TRANSACTION and SET SESSION CHARACTERISTICS, which mean nothing outside of their own transaction. */
export function isTransactionSetting({ kind, node }: Sql): boolean {
  return kind === 'VariableSetStmt' && node['kind'] === 'VAR_SET_MULTI';
}

/**
 * True for what PostgreSQL refuses inside a transaction block, as far as the grammar tells; CALL and DO with
 * COMMIT show it only when they run.
 */
export function isOutsideTransaction({ kind, node }: Pick<Sql, 'kind' | 'node'>): boolean {
  switch (kind) {
    case 'VacuumStmt':
      return node['is_vacuumcmd'] === true;
    case 'AlterSystemStmt':
    case 'CreatedbStmt':
    case 'DropdbStmt':
    case 'CreateTableSpaceStmt':
    case 'DropTableSpaceStmt':
    case 'CreateSubscriptionStmt':
    case 'DropSubscriptionStmt':
      return true;
    default:
      return isConcurrent({ kind, node });
  }
}

function isConcurrent({ kind, node }: Pick<Sql, 'kind' | 'node'>): boolean {
  if (kind === 'IndexStmt' || kind === 'DropStmt') return node['concurrent'] === true;
  if (kind === 'ReindexStmt') {
    return getList(node, 'params').some((p) => getChild(p, 'DefElem')['defname'] === 'concurrently');
  }
  if (kind === 'AlterTableStmt') {
    // ALTER TABLE … DETACH PARTITION … CONCURRENTLY
    return getList(node, 'cmds').some((c) => {
      const command = getChild(c, 'AlterTableCmd');
      return getChild(getChild(command, 'def'), 'PartitionCmd')['concurrent'] === true;
    });
  }
  return false;
}

/** Where the word CONCURRENTLY stands in an index statement, and which table and index it is about. */
export function getConcurrently(statement: Sql): Concurrently | null {
  const { kind, node, sql } = statement;
  if (kind === 'AlterTableStmt' || !isConcurrent(statement)) return null;
  const { tokens } = statement;
  const word = tokens.find((token) => token.text.toLowerCase() === 'concurrently' && token.keyword);
  if (word === undefined) return null;
  const positions = createPositions(sql);
  const start = positions.getOffsetOfByte(word.start - tokens[0]!.start);
  const end = start + word.text.length;
  const relation = renderName([
    getString(getChild(node, 'relation'), 'schemaname'),
    getString(getChild(node, 'relation'), 'relname'),
  ]);
  if (kind === 'IndexStmt') {
    return { start, end, does: 'create', table: relation, index: getString(node, 'idxname') || null };
  }
  if (kind === 'DropStmt') {
    const index = renderName(getNames(getChild(getList(node, 'objects')[0] ?? {}, 'List')['items']));
    return { start, end, does: 'drop', table: null, index };
  }
  const isIndex = node['kind'] === 'REINDEX_OBJECT_INDEX';
  return { start, end, does: 'reindex', table: isIndex ? null : relation, index: isIndex ? relation : null };
}

function renderName(parts: readonly string[]): string | null {
  const quoted = parts.filter((part) => part !== '').map((part) => `"${part.replaceAll('"', '""')}"`);
  return quoted.length === 0 ? null : quoted.join('.');
}

// Most of a history, in whose grammar no role has a place.
// https://github.com/postgres/postgres/blob/master/src/backend/parser/gram.y (RoleSpec)
const ROLELESS: ReadonlySet<string> = new Set([
  'CreateStmt',
  'IndexStmt',
  'CreateTrigStmt',
  'CreateEnumStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'SelectStmt',
]);

/**
 * The roles that a statement names, without the pseudo-roles (PUBLIC, CURRENT_USER …): they must exist, but for
 * the first one of CREATE ROLE, which it makes.
 */
export function getRoles({ kind, node }: Pick<Sql, 'kind' | 'node'>): readonly string[] {
  if (ROLELESS.has(kind)) return [];
  const roles = new Set<string>(kind === 'CreateRoleStmt' ? [getString(node, 'role')] : []);
  walkTree({ [kind]: node }, (_key, value) => {
    if (isNode(value) && value['roletype'] === 'ROLESPEC_CSTRING') roles.add(getString(value, 'rolename'));
    return undefined;
  });
  if (kind === 'DropRoleStmt' && node['missing_ok'] === true) return [];
  if (kind === 'GrantRoleStmt') {
    for (const granted of getList(node, 'granted_roles')) {
      roles.add(getString(getChild(granted, 'AccessPriv'), 'priv_name'));
    }
  }
  if (kind === 'VariableSetStmt' && /^(role|session_authorization)$/.test(getString(node, 'name'))) {
    for (const argument of getList(node, 'args')) {
      const name = getString(getChild(getChild(argument, 'A_Const'), 'sval'), 'sval');
      if (name !== '') roles.add(name);
    }
  }
  return [...roles];
}

/** The table of its own that CREATE TABLE makes, as it stands there; null for partitions and temporary tables. */
export function getMadeTable({ kind, node }: Pick<Sql, 'kind' | 'node'>) {
  const isAs = kind === 'CreateTableAsStmt' && node['objtype'] === 'OBJECT_TABLE';
  if ((kind !== 'CreateStmt' || isNode(node['partbound'])) && !isAs) return null;
  const relation = isAs ? getChild(getChild(node, 'into'), 'rel') : getChild(node, 'relation');
  if (relation['relpersistence'] === 't') return null;
  return { schema: getString(relation, 'schemaname'), name: getString(relation, 'relname') };
}

const FILE_FUNCTIONS =
  /\b(pg_read_file|pg_read_binary_file|pg_ls_dir|lo_import|lo_export|pg_stat_file)\s*\(/i;
const COPY_IN_BODY = /\bcopy\b[\s\S]{0,400}?\b(?:from|to)\s+(?:program\b|E?'+[^']*\/)/i;

/** True where a statement runs a program on the server or reads or writes its files. */
export function isServerFileAccess(statement: Sql): boolean {
  const { kind, node } = statement;
  if (kind === 'CopyStmt') return node['is_program'] === true || getString(node, 'filename') !== '';
  const body =
    kind === 'CreateFunctionStmt' ? getFunctionBody(node).source : kind === 'DoStmt' ? statement.sql : '';
  if (body !== '') return COPY_IN_BODY.test(body) || FILE_FUNCTIONS.test(body);
  if (kind === 'CreateForeignTableStmt') {
    // file_fdw
    const options = getList(node, 'options').map((o) => getString(getChild(o, 'DefElem'), 'defname'));
    return options.includes('program') || options.includes('filename');
  }
  return getCalled(statement).some((name) => FILE_FUNCTIONS.test(`${name}(`));
}

function getCalled({ kind, node }: Pick<Sql, 'kind' | 'node'>): readonly string[] {
  const called: string[] = [];
  walkTree({ [kind]: node } as TreeNode, (key, value) => {
    if (key === 'funcname') called.push(getNames(value).at(-1) ?? '');
    return undefined;
  });
  return called;
}

/** The relation whose rows a data statement would change. */
export function getDataTarget({
  kind,
  node,
}: Pick<Sql, 'kind' | 'node'>): { schema: string; name: string } | null {
  if (!['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CopyStmt'].includes(kind)) return null;
  const relation = getChild(node, 'relation');
  const name = getString(relation, 'relname');
  return name === '' ? null : { schema: getString(relation, 'schemaname'), name };
}

/** True where a migration only works as one transaction: SET LOCAL, ON COMMIT DROP, SET CONSTRAINTS, set_config(…, true). */
export function isTransactionBound({ kind, node, sql }: Sql): boolean {
  if (kind === 'ConstraintsSetStmt') return true;
  if (kind === 'VariableSetStmt') return node['is_local'] === true;
  if (kind === 'CreateStmt' || kind === 'CreateTableAsStmt') return /\bon\s+commit\s+drop\b/i.test(sql);
  return kind === 'SelectStmt' && /\bset_config\s*\([^)]*\btrue\s*\)/i.test(sql);
}

/** True for GRANT … ON ALL TABLES and the like: they reach the objects that are there when they run. */
export function isRepeatable({ kind, node }: Pick<Sql, 'kind' | 'node'>): boolean {
  return kind === 'GrantStmt' && node['targtype'] === 'ACL_TARGET_ALL_IN_SCHEMA';
}
