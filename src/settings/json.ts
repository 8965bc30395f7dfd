import type { SourcePlace } from '../model/finding.js';
import { redact } from '../report/redact.js';
import type { JsonFailureCode } from '../report/settings-words.js';

/** What leads to a value: the names of members and the places in lists, from the top. */
export type JsonPath = readonly (string | number)[];

/** Where the value at a path stands, or the name of a member; the nearest where it is not there. */
export type GetPlace = (path: JsonPath) => SourcePlace;

/** Why a text is not JSON, and where. */
export interface JsonFailure {
  readonly code: JsonFailureCode;
  readonly place: SourcePlace;
}

/** The first that is wrong with a text that is not JSON. The parser that knows is loaded only for this. */
export async function getJsonFailure(file: string, text: string): Promise<JsonFailure> {
  const { parseTree, printParseErrorCode } = await import('jsonc-parser');
  const errors: { error: number; offset: number; length: number }[] = [];
  parseTree(text, errors, { disallowComments: true });
  const first = errors.sort((a, b) => a.offset - b.offset)[0];
  const offset = first?.offset ?? 0;
  const isAfterComma = /,\s*$/.test(text.slice(0, offset));
  const code = first === undefined ? 'Unknown' : printParseErrorCode(first.error);
  const isComma =
    isAfterComma && /^(PropertyName|Value)Expected$/.test(code) && /^[}\]]/.test(text.slice(offset));
  return {
    code: isComma ? 'CommaTooMany' : (code as JsonFailureCode),
    place: createPlace(file, text, offset),
  };
}

/** Finds the places of a text that is JSON. */
export async function createPlaces(file: string, text: string): Promise<GetPlace> {
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser');
  const root = parseTree(text);
  return (path) => {
    for (let length = path.length; root !== undefined && length > 0; length--) {
      const node = findNodeAtLocation(root, path.slice(0, length));
      if (node === undefined) continue;
      const { offset } = node.parent?.type === 'property' ? node.parent : node;
      return createPlace(file, text, offset);
    }
    return createPlace(file, text, root?.offset ?? 0);
  };
}

function createPlace(file: string, text: string, offset: number): SourcePlace {
  const before = text.slice(0, offset).split(/\r?\n/);
  const line = before.length;
  const excerpt = text
    .split(/\r?\n/)
    .map((content, index) => [index + 1, redact(content)] as const)
    .slice(Math.max(0, line - 2), line + 1);
  return { file, line, column: [...before.at(-1)!].length + 1, excerpt };
}
