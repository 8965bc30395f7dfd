import type { Substitution } from '../model/history.js';
import { parseEnvironment } from './goose-environment.js';
import { getLineAt, type Line } from './lines.js';
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
  const substitutions: Substitution[] = [];
  let part: 'before' | 'up' | 'down' = 'before';
  let inStatement = false;
  let isTransaction = true;
  let isSubstituting = false;
  let start = 0;
  let end = text.length;
  for (let next = 0; next < text.length; ) {
    if (part !== 'before' && !isSubstituting) {
      // Here nothing but annotations says anything.
      const mark = text.indexOf('+goose', next);
      if (mark === -1) break;
      next = text.lastIndexOf('\n', mark) + 1;
    }
    const line = getLineAt(text, next);
    next = line.next;
    const annotation = getAnnotation(line);
    const reject = (problem: string): null => {
      reading.reject(path, `line ${line.number}: ${problem}`, ADVICE);
      return null;
    };
    switch (annotation) {
      case null:
        if (part === 'before' && !/^\s*(?:--|$)/.test(line.text)) {
          return reject(`SQL before the "-- +goose Up" line`);
        }
        if (part === 'up' && isSubstituting) {
          const problem = parseEnvironment(line, path, options, reading, substitutions);
          if (problem !== null) return reject(problem);
        }
        break;
      case 'Up':
        if (part !== 'before') return reject(`a second "-- +goose Up"`);
        part = 'up';
        start = line.next;
        break;
      case 'Down':
        if (part !== 'up') return reject(`"-- +goose Down" without "-- +goose Up" before it`);
        if (inStatement) return reject(`"-- +goose Down" before "-- +goose StatementEnd"`);
        part = 'down';
        end = line.start;
        break;
      case 'StatementBegin':
        if (part === 'before' || inStatement) return reject(`"-- +goose StatementBegin" is out of place`);
        inStatement = true;
        break;
      case 'StatementEnd':
        if (!inStatement) return reject(`"-- +goose StatementEnd" without StatementBegin`);
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
        return reject(`goose does not know this annotation: ${line.text.trim()}`);
    }
  }
  if (part === 'before' || inStatement) {
    const what =
      part === 'before' ? 'there is no "-- +goose Up" line' : 'a "-- +goose StatementEnd" is missing';
    reading.reject(path, what, ADVICE);
    return null;
  }
  return { regions: [{ start, end }], transaction: isTransaction ? 'each' : 'none', substitutions };
}

// goose takes any comment line that has "+goose" in it for an annotation, and lets none be indented.
function getAnnotation(line: Line): Annotation | 'unknown' | null {
  if (!line.text.trimStart().startsWith('--') || !line.text.includes('+goose')) return null;
  if (/^[ \t]/.test(line.text)) return 'unknown';
  const words = line.text.replaceAll('--', '').replace('+goose', '').trim().toLowerCase();
  return ANNOTATIONS.find((known) => known.toLowerCase() === words) ?? 'unknown';
}
