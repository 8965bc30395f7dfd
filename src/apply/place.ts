import type { SourcePlace } from '../model/finding.js';
import type { Step } from '../model/plan.js';
import { renderWithoutPasswords } from '../postgres/record-queries.js';

const LINE_END = /\r\n|\n|\r/;

/** Where in the user's file an offset of a step's SQL is, with the line before and after it, without passwords. */
export function createPlace(step: Step, offset: number | null, source: string | null): SourcePlace {
  const before = step.sql.slice(0, offset ?? 0).split(LINE_END);
  const line = step.line + before.length - 1;
  const characters = [...before.at(-1)!].length;
  const column = before.length === 1 ? step.column + characters : characters + 1;
  return { file: step.file ?? step.migrationName, line, column, excerpt: readExcerpt(source, line) };
}

function readExcerpt(source: string | null, line: number): readonly (readonly [number, string])[] {
  if (source === null) return [];
  const lines = source.split(LINE_END);
  return [line - 1, line, line + 1]
    .filter((number) => number >= 1 && number <= lines.length)
    .map((number) => [number, renderWithoutPasswords(lines[number - 1]!)] as const);
}
