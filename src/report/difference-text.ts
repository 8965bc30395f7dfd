import type { Difference } from '../model/fact.js';
import { cut } from './measure.js';

const WIDTH = 160;

/** Differences under the objects that they are about, one line each; after `max` of them how many more there are. */
export function renderDifferences(
  differences: readonly Difference[],
  max = Number.POSITIVE_INFINITY,
): string {
  const shown = differences.slice(0, max);
  const lines = shown.flatMap((difference, at) => [
    ...(shown[at - 1]?.object === difference.object ? [] : [`  ${difference.object}`]),
    `    ${renderDifference(difference)}`,
  ]);
  const rest = differences.length - shown.length;
  return [...lines, ...(rest > 0 ? [`  and ${rest} more`] : [])].join('\n');
}

/** One difference in words, without its object. */
export function renderDifference(difference: Difference): string {
  const { kind, name, expected, found } = difference;
  const label = getLabel(difference);
  if (kind === 'missing') return found === null ? 'is missing' : `is a ${found}, should be a ${expected}`;
  if (kind === 'body' && expected !== null && found !== null) return 'its body is another one';
  if (kind === 'grant') return `${label} has ${renderRights(found)}, should have ${renderRights(expected)}`;
  if (kind === 'column order')
    return `its columns stand in the order ${show(found)}, should be ${show(expected)}`;
  if (kind === 'not null') {
    const column = name === '' ? 'it' : `column ${name}`;
    return found === null ? `${column} lacks NOT NULL` : `${column} is NOT NULL, should not be`;
  }
  if (found === null) return `${label} is missing: ${show(expected)}`;
  if (expected === null) return `${label} should not be there: ${show(found)}`;
  return `${label} is ${show(found)}, should be ${show(expected)}`;
}

function getLabel({ kind, name }: Difference): string {
  switch (kind) {
    case 'grant':
      return name;
    case 'comment':
      return name === '' ? 'its comment' : `the comment on ${name}`;
    case 'column':
    case 'constraint':
    case 'index':
    case 'trigger':
    case 'policy':
    case 'rule':
    case 'statistics':
      return `${kind} ${name}`;
    default:
      return name === '' ? `its ${kind}` : `${kind} of column ${name}`;
  }
}

const renderRights = (text: string | null): string =>
  text === null || text === 'nothing' ? 'no rights' : text;

// Definitions have line breaks of their own.
const show = (text: string | null): string => cut((text ?? '').replace(/\s+/g, ' ').trim(), WIDTH);
