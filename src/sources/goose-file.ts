import type { Substitution } from '../model/history.js';
import { parseEnvironment } from './goose-environment.js';
import { getLines, type Line } from './lines.js';
import type { UpPart } from './numbered.js';
import type { ReadOptions } from './reader.js';
import type { ReadingDraft } from './reading.js';

const ANNOTATIONS = [
  'Up',
  'Down',
  'StatementBegin',
  'StatementEnd',
  'NO TRANSACTION',
  'ENVSUB ON',
  'ENVSUB OFF',
] as const;
type Annotation = (typeof ANNOTATIONS)[number];

const ADVICE = 'See https://pressly.github.io/goose/documentation/annotations/';

/** The up part of a goose file, by the rules of goose's own parser (internal/sqlparser/parser.go); null after noting a problem. */
export function parseGooseFile(
  text: string,
  path: string,
  options: ReadOptions,
  reading: ReadingDraft,
): UpPart | null {
  const reject = (problem: string): null => {
    reading.reject(path, problem, ADVICE);
    return null;
  };
  const substitutions: Substitution[] = [];
  let part: 'before' | 'up' | 'down' = 'before';
  let inStatement = false;
  let isTransaction = true;
  let isSubstituting = false;
  let start = 0;
  let end = text.length;
  for (const line of getLines(text)) {
    const annotation = getAnnotation(line);
    const at = `line ${line.number}: `;
    switch (annotation) {
      case null:
        if (part === 'before' && !/^\s*(?:--|$)/.test(line.text)) {
          return reject(`${at}SQL before the "-- +goose Up" line`);
        }
        if (part === 'up' && isSubstituting) {
          const problem = parseEnvironment(line, path, options, reading, substitutions);
          if (problem !== null) return reject(at + problem);
        }
        break;
      case 'Up':
        if (part !== 'before') return reject(`${at}a second "-- +goose Up"`);
        part = 'up';
        start = line.next;
        break;
      case 'Down':
        if (part !== 'up') return reject(`${at}"-- +goose Down" without "-- +goose Up" before it`);
        if (inStatement) return reject(`${at}"-- +goose Down" before "-- +goose StatementEnd"`);
        part = 'down';
        end = line.start;
        break;
      case 'StatementBegin':
        if (part === 'before' || inStatement)
          return reject(`${at}"-- +goose StatementBegin" is out of place`);
        inStatement = true;
        break;
      case 'StatementEnd':
        if (!inStatement) return reject(`${at}"-- +goose StatementEnd" without StatementBegin`);
        inStatement = false;
        break;
      case 'NO TRANSACTION':
        isTransaction = false;
        break;
      case 'ENVSUB ON':
      case 'ENVSUB OFF':
        isSubstituting = annotation === 'ENVSUB ON';
        break;
      default:
        return reject(`${at}goose does not know this annotation: ${line.text.trim()}`);
    }
  }
  if (part === 'before') return reject('there is no "-- +goose Up" line');
  if (inStatement) return reject('a "-- +goose StatementEnd" is missing');
  return { regions: [{ start, end }], transaction: isTransaction ? 'each' : 'none', substitutions };
}

// goose takes any comment line that has "+goose" in it for an annotation, and lets none be indented.
function getAnnotation(line: Line): Annotation | 'unknown' | null {
  if (!line.text.trimStart().startsWith('--') || !line.text.includes('+goose')) return null;
  if (/^[ \t]/.test(line.text)) return 'unknown';
  const words = line.text.replaceAll('--', '').replace('+goose', '').trim().toLowerCase();
  return ANNOTATIONS.find((known) => known.toLowerCase() === words) ?? 'unknown';
}
