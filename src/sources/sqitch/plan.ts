import { getLines } from '../lines.js';

/** A change of a plan. */
export interface SqitchChange {
  readonly name: string;
  /** How many changes of this name stand before it. */
  readonly reworks: number;
  /** The tags that may be in the name of its script: those up to its next rework, the last one first. Empty: it was not reworked. */
  readonly reworkTags: readonly string[];
  /** 1-based line of the plan. */
  readonly line: number;
}

/** What is wrong with a line of a plan. */
export interface PlanProblem {
  readonly line: number;
  readonly problem: string;
}

// App::Sqitch::Plan, _parse; a name neither begins nor ends with punctuation, but for the underscore.
const PUNCTUATION = '\\-!"#$%&\'()*+,./:;<=>?@\\[\\\\\\]^`{|}~';
const NAME = `(?![${PUNCTUATION}])(?:(?![~/=%^]\\d+(?:$|[ \\t]))[^ \\t:@#\\\\])+(?<![${PUNCTUATION}])`;
const PRAGMA = /^[ \t]*%[ \t]*([^ \t=]+)(?:[ \t]*=[ \t]*(.+))?$/;
const ENTRY = new RegExp(
  `^[ \\t]*(?:@|[+-][ \\t]*)?(?<name>${NAME})(?:[ \\t]+|$)(?:\\[(?<needs>[^\\]]+)\\][ \\t]*)?` +
    '(?<time>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)?[ \\t]*(?<planner>[^<]+[ \\t]<[^>]+>)?$',
);
const DEPENDENCY = new RegExp(
  `^(?<conflict>!?)(?:(?<project>${NAME}):)?(?:(?<id>[0-9a-f]{40})|(?<change>${NAME})?(?:@(?<tag>${NAME}))?)$`,
);

interface Draft {
  readonly name: string;
  readonly reworks: number;
  readonly line: number;
  readonly tags: string[];
  reworkTags: readonly string[];
}

/** The changes of a plan in its order; Sqitch deploys them so, and refuses a plan with any of the problems. */
export function parseSqitchPlan(text: string): {
  readonly changes: readonly SqitchChange[];
  readonly problems: readonly PlanProblem[];
} {
  const changes: Draft[] = [];
  const problems: PlanProblem[] = [];
  const raw = getLines(text);
  const blank = raw.findIndex((line) => line.text.trim() === '');
  const lines = raw.map(({ number, text: line }) => ({ number, text: line.replace(/[ \t]*(?:#.*)?$/, '') }));
  const header = lines.slice(0, blank === -1 ? lines.length : blank);
  const pragmas = header.map((line) => PRAGMA.exec(line.text));
  const name = pragmas.find((pragma) => pragma?.[1] === 'project')?.[2];
  if (name === undefined) problems.push({ line: 1, problem: 'there is no %project pragma' });
  for (const [index, line] of header.entries()) {
    if (line.text !== '' && pragmas[index] === null) {
      problems.push({
        line: line.number,
        problem: 'no empty line stands between the pragmas and the changes',
      });
    }
  }
  const places = new Map<string, number>();
  let sinceTag = new Set<string>();

  for (const line of lines.slice(header.length)) {
    if (line.text.trim() === '') continue;
    const reject = (problem: string): void => void problems.push({ line: line.number, problem });
    const entry = ENTRY.exec(line.text)?.groups;
    if (entry === undefined) {
      reject(
        line.text.trim().startsWith('%')
          ? 'a pragma must stand before the first empty line'
          : `"${line.text.trim()}" is no change and no tag`,
      );
      continue;
    }
    if (entry['time'] === undefined || entry['planner'] === undefined) {
      reject('the time or the planner is missing');
    }
    if (/^[ \t]*@/.test(line.text)) {
      const change = changes.at(-1);
      const tag = entry['name']!;
      if (change === undefined) reject(`the tag @${tag} stands before any change`);
      else if (places.has(`@${tag}`)) reject(`the tag @${tag} is there twice`);
      change?.tags.push(tag);
      places.set(`@${tag}`, line.number);
      sinceTag = new Set();
      continue;
    }
    const change = entry['name']!;
    if (sinceTag.has(change)) reject(`the change ${change} is there twice with no tag between`);
    for (const need of getMissingNeeds(entry['needs'] ?? '', name ?? '', places)) {
      reject(`${change} needs ${need}, which the plan does not have before it`);
    }
    const before = changes.findLastIndex((c) => c.name === change);
    if (before !== -1) {
      changes[before]!.reworkTags = changes
        .slice(before)
        .reverse()
        .flatMap(({ tags }) => tags);
    }
    changes.push({
      name: change,
      reworks: before === -1 ? 0 : changes[before]!.reworks + 1,
      line: line.number,
      tags: [],
      reworkTags: [],
    });
    places.set(change, line.number);
    sinceTag.add(change);
  }
  return { changes, problems };
}

function getMissingNeeds(
  needs: string,
  project: string,
  places: ReadonlyMap<string, number>,
): readonly string[] {
  return needs
    .split(/[ \t]+/)
    .filter((need) => need !== '')
    .filter((need) => {
      const parts = DEPENDENCY.exec(need)?.groups;
      if (parts === undefined) return true;
      // What other projects made is for them to make; what a conflict names must not be there.
      if (parts['conflict'] === '!' || parts['id'] !== undefined) return false;
      if (parts['project'] !== undefined && parts['project'] !== project) return false;
      const change = parts['change'] === undefined ? undefined : places.get(parts['change']);
      if (parts['tag'] === undefined) return change === undefined;
      const tag = places.get(`@${parts['tag']}`);
      if (tag === undefined) return true;
      return parts['change'] !== undefined && (change === undefined || change > tag);
    });
}
