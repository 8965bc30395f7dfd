import type { ParsedStatement } from './statements.js';
import { getChild, getList, getNames, getString } from './tree.js';

const OBJECTS: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'TABLES',
  OBJECT_SEQUENCE: 'SEQUENCES',
  OBJECT_FUNCTION: 'FUNCTIONS',
  OBJECT_ROUTINE: 'ROUTINES',
  OBJECT_TYPE: 'TYPES',
  OBJECT_SCHEMA: 'SCHEMAS',
  OBJECT_LARGEOBJECT: 'LARGE OBJECTS',
};
// What everybody may do with them, as long as nobody says otherwise.
const OF_EVERYBODY = new Set(['OBJECT_FUNCTION', 'OBJECT_ROUTINE', 'OBJECT_TYPE']);

/**
 * The ALTER DEFAULT PRIVILEGES that takes back what this one did, to the rights of a database where nobody has said
 * anything: of a GRANT the REVOKE, of a REVOKE the GRANT where it took what everybody has. Null for any other statement,
 * and where nothing is to take back.
 * https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
 */
export function renderDefaultsUndone({ kind, node }: Pick<ParsedStatement, 'kind' | 'node'>): string | null {
  if (kind !== 'AlterDefaultPrivilegesStmt') return null;
  const action = getChild(node, 'action');
  const objects = OBJECTS[getString(action, 'objtype')];
  const grantees = getList(action, 'grantees').map((grantee) => renderRole(getChild(grantee, 'RoleSpec')));
  if (objects === undefined || grantees.length === 0) return null;
  const { roles, schemas } = getScope(node);
  const isGrant = action['is_grant'] === true;
  if (!isGrant) {
    // In one schema nothing is taken that is given for all of them.
    const isOfEverybody = OF_EVERYBODY.has(getString(action, 'objtype')) && schemas.length === 0;
    if (!isOfEverybody || !grantees.includes('PUBLIC') || action['grant_option'] === true) return null;
  }
  const privileges = getList(action, 'privileges')
    .map((privilege) => getString(getChild(privilege, 'AccessPriv'), 'priv_name').toUpperCase())
    .filter((name) => /^[A-Z ]+$/.test(name));
  return [
    'ALTER DEFAULT PRIVILEGES',
    ...(roles.length === 0 ? [] : [`FOR ROLE ${roles.join(', ')}`]),
    ...(schemas.length === 0 ? [] : [`IN SCHEMA ${schemas.map(quote).join(', ')}`]),
    isGrant ? 'REVOKE' : 'GRANT',
    privileges.length === 0 ? 'ALL' : privileges.join(', '),
    `ON ${objects}`,
    isGrant ? `FROM ${grantees.join(', ')}` : 'TO PUBLIC',
  ].join(' ');
}

function getScope(node: ParsedStatement['node']): { roles: readonly string[]; schemas: readonly string[] } {
  let roles: readonly string[] = [];
  let schemas: readonly string[] = [];
  for (const option of getList(node, 'options').map((o) => getChild(o, 'DefElem'))) {
    const list = getChild(getChild(option, 'arg'), 'List');
    if (option['defname'] === 'roles')
      roles = getList(list, 'items').map((role) => renderRole(getChild(role, 'RoleSpec')));
    if (option['defname'] === 'schemas') schemas = getNames(list['items']);
  }
  return { roles, schemas };
}

const SPECIAL: Readonly<Record<string, string>> = {
  ROLESPEC_PUBLIC: 'PUBLIC',
  ROLESPEC_CURRENT_USER: 'CURRENT_USER',
  ROLESPEC_CURRENT_ROLE: 'CURRENT_ROLE',
  ROLESPEC_SESSION_USER: 'SESSION_USER',
};

function renderRole(role: ParsedStatement['node']): string {
  return SPECIAL[getString(role, 'roletype')] ?? quote(getString(role, 'rolename'));
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
