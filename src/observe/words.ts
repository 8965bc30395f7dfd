import { getLostIdentifiers, type LostIdentifier } from '../sql/lost.js';
import { getMentions } from '../sql/mentions.js';
import type { QualifiedName } from '../sql/names.js';
import type { ParsedStatement } from '../sql/statements.js';
import { renderLiteral } from './scratch.js';

/** What is known of a statement before it runs. */
export interface Words {
  /** As `plinth_before` takes them. */
  readonly names: string;
  readonly lostIdentifiers: readonly LostIdentifier[];
}

export function createWords(statement: ParsedStatement): Words {
  const lostIdentifiers = getLostIdentifiers(statement.kind, statement.node);
  const names = renderNames(
    statement,
    lostIdentifiers.map((l) => ({ ...l.of, kind: l.ofKind })),
  );
  return { names: renderLiteral(names), lostIdentifiers };
}

export function renderNames(
  statement: ParsedStatement,
  lost: readonly (QualifiedName & { readonly kind: 'relation' | 'type' | 'function' | 'schema' })[],
): string {
  const mentions = getMentions(statement);
  const pairs = (names: readonly QualifiedName[]) => names.map(({ schema, name }) => [schema, name]);
  const of = (kind: string) => lost.filter((l) => l.kind === kind);
  return JSON.stringify({
    relation: pairs([...mentions.relations, ...of('relation')]),
    type: pairs([...mentions.types, ...of('type')]),
    function: pairs([...mentions.functions, ...of('function')]),
    schema: mentions.schemas.map((name) => ['', name]),
  });
}
