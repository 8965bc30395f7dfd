import { collectNames, createNameCollector } from './names.js';
import type { ParsedStatement } from './statements.js';
import { getList, getNames, isNode, walkTree } from './tree.js';

const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/g;

const QUOTED = /"((?:[^"]|"")+)"/g;

/** Every word of a text, as written and in lower case; a quoted name also as a whole. */
export function getWords(text: string): Set<string> {
  const words = new Set<string>();
  for (const [, name] of text.matchAll(QUOTED)) words.add(name!.replaceAll('""', '"'));
  for (const word of text.match(WORD) ?? []) {
    words.add(word);
    words.add(word.toLowerCase());
  }
  return words;
}

/** Every word of a statement outside of its comments; literals and bodies count, dynamic SQL stands in them. */
export function getStatementWords(statement: Pick<ParsedStatement, 'tokens'>): Set<string> {
  return getWords(statement.tokens.map((token) => token.text.replace(COMMENTS_IN_BODY, ' ')).join(' '));
}
const COMMENTS_IN_BODY = /--[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * The words with which a statement reads what others may rename or drop. Of CREATE TABLE, ALTER TABLE and
 * CREATE INDEX only names of relations, types and functions and the columns that foreign keys point to; of
 * data statements neither literals nor the column list of the INSERT itself.
 */
export function getReadingWords(statement: Pick<ParsedStatement, 'kind' | 'node' | 'tokens'>): Set<string> {
  const { kind, node } = statement;
  if (kind === 'AlterTableStmt' || kind === 'IndexStmt' || (kind === 'CreateStmt' && !hasLike(node))) {
    return getDefinitionWords(kind, node);
  }
  if (kind === 'InsertStmt' || kind === 'UpdateStmt' || kind === 'DeleteStmt') return getDataWords(statement);
  return getStatementWords(statement);
}

function getDefinitionWords(kind: string, node: ParsedStatement['node']): Set<string> {
  const names = createNameCollector();
  collectNames({ [kind]: node }, names);
  const { relations, types, functions } = names.getMentioned();
  const words = new Set([...relations, ...types, ...functions].flatMap(({ schema, name }) => [schema, name]));
  words.delete('');
  walkTree(node, (key, value) => {
    if (key === 'pk_attrs') for (const name of getNames(value)) words.add(name);
    if (isNode(value) && value['contype'] === 'CONSTR_FOREIGN' && getNames(value['pk_attrs']).length === 0) {
      // REFERENCES t without columns means t's primary key.
      words.add('id');
    }
    return undefined;
  });
  return words;
}

function getDataWords(statement: Pick<ParsedStatement, 'kind' | 'node' | 'tokens'>): Set<string> {
  const readsSequences = statement.tokens.some((token) => /^(nextval|setval|regclass)$/i.test(token.text));
  const columns = new Set(getInsertColumns(statement));
  const words = new Set<string>();
  let inColumns = false;
  let depth = 0;
  for (const token of statement.tokens) {
    if (
      statement.kind === 'InsertStmt' &&
      depth === 0 &&
      /^(values|select|with|default|overriding)$/i.test(token.text)
    ) {
      inColumns = false;
      columns.clear();
    }
    if (token.text === '(') {
      depth += 1;
      inColumns = inColumns || (depth === 1 && columns.size > 0);
    } else if (token.text === ')') depth -= 1;
    if (inColumns && depth > 0) continue;
    if (token.name === 'SCONST' && !(readsSequences && /^'[^\s']+'$/.test(token.text))) continue;
    for (const word of getWords(token.text)) words.add(word);
  }
  return words;
}

function getInsertColumns({ kind, node }: Pick<ParsedStatement, 'kind' | 'node'>): readonly string[] {
  if (kind !== 'InsertStmt') return [];
  return getList(node, 'cols').flatMap((column) => {
    const target = column['ResTarget'];
    return isNode(target) && typeof target['name'] === 'string' ? [target['name']] : [];
  });
}

function hasLike(node: ParsedStatement['node']): boolean {
  return getList(node, 'tableElts').some((element) => 'TableLikeClause' in element);
}
