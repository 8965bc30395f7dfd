import { collectNames, createNameCollector, type MentionedNames, type NameCollector } from './names.js';
import { parsePlpgsql, parseSql, type TreeNode } from './parser.js';
import { getChild, getList, getNames, getString, isNode, walkTree } from './tree.js';

/** Language and source of a CREATE FUNCTION or CREATE PROCEDURE. */
export function getFunctionBody(node: TreeNode): { readonly language: string; readonly source: string } {
  let language = '';
  let source = '';
  for (const option of getList(node, 'options').map((o) => getChild(o, 'DefElem'))) {
    const argument = getChild(option, 'arg');
    if (option['defname'] === 'language')
      language = getString(getChild(argument, 'String'), 'sval').toLowerCase();
    if (option['defname'] === 'as') source = getNames(getChild(argument, 'List')['items']).join('\n');
  }
  return { language, source };
}

/**
 * Collects what a PL/pgSQL body names in its queries, and in `declared` what its declarations name
 * (`%rowtype`, `%type`, types): those must be there already when the function is made.
 *
 * @returns false where the body does not parse.
 */
export function collectPlpgsqlNames(
  statement: string,
  body: NameCollector,
  declared: NameCollector,
): boolean {
  const tree = parsePlpgsql(statement);
  if (tree === null) {
    // libpg-query knows no `%type` in a function's own parameters.
    for (const match of statement.matchAll(REFERRED_TYPE)) collectDeclaredType(match[0], declared);
    return false;
  }
  walkTree(tree, (key, value) => {
    if (key === 'PLpgSQL_expr' && isNode(value) && typeof value['query'] === 'string') {
      collectExpressionNames(value['query'], Number(value['parseMode'] ?? 0), body);
    }
    if (key === 'typname' && typeof value === 'string') collectDeclaredType(value, declared);
    return undefined;
  });
  return true;
}

const REFERRED_TYPE =
  /(?:"[^"]+"|[\w$\u0080-\uffff]+)(?:\.(?:"[^"]+"|[\w$\u0080-\uffff]+))*\s*%\s*(?:row)?type\b/gi;

/** What the body of a function that exists names, by its language; null where it could not be parsed. */
export function getBodyNames(definition: string, language: string, source: string): MentionedNames | null {
  const names = createNameCollector();
  if (language === 'plpgsql') {
    return collectPlpgsqlNames(definition, names, names) ? names.getMentioned() : null;
  }
  const outcome = parseSql(source === '' ? definition : source);
  if (outcome.error !== null) return null;
  for (const { node } of outcome.statements) collectNames({ statement: node }, names);
  return names.getMentioned();
}

/** A last resort for bodies that do not parse: whatever stands where a name may stand. */
export function getLikelyNames(source: string): MentionedNames {
  const names = createNameCollector();
  for (const match of source.matchAll(AFTER_KEYWORD)) names.addRelation([match[1] ?? '', match[2]!]);
  for (const match of source.matchAll(BEFORE_PARENTHESIS)) names.addFunction([match[1] ?? '', match[2]!]);
  return names.getMentioned();
}
const AFTER_KEYWORD =
  /\b(?:from|join|into|update|table|on|execute|perform)\s+(?:only\s+)?(?:"?([\w$]+)"?\.)?"?([\w$]+)"?/gi;
const BEFORE_PARENTHESIS = /(?:"?([\w$]+)"?\.)?"?([\w$]+)"?\s*\(/g;

// An expression of PL/pgSQL is no statement of its own; parseMode tells which shape it has
// (0: a statement, 2: an expression, 3 and more: an assignment `x := …`).
function collectExpressionNames(query: string, parseMode: number, into: NameCollector): void {
  const expression = `SELECT ${query}`;
  const assigned = `SELECT ${query.replace(/^[\s\S]*?:?=/, '')}`;
  const shapes =
    parseMode === 0 ? [query, expression] : parseMode >= 3 ? [assigned, expression] : [expression, query];
  for (const shape of shapes) {
    const outcome = parseSql(shape);
    if (outcome.error !== null) continue;
    for (const { node } of outcome.statements) collectNames({ statement: node }, into);
    return;
  }
}

function collectDeclaredType(typeName: string, into: NameCollector): void {
  // libpg-query leaves out the quotes: a name may hold blanks.
  const referred = /^"?([^".%]+)"?(?:\."?([^".%]+)"?)?(?:\."?([^".%]+)"?)?\s*%/.exec(typeName);
  if (referred !== null) {
    into.addRelation([referred[1]!]);
    if (referred[2] !== undefined) into.addRelation([referred[1]!, referred[2]]);
    return;
  }
  const plain = /^(?:"([^"]+)"|([^\s".[(]+))(?:\.(?:"([^"]+)"|([^\s".[(]+)))?/.exec(typeName);
  if (plain !== null)
    into.addType([plain[1] ?? plain[2]!, plain[3] ?? plain[4] ?? ''].filter((part) => part !== ''));
}
