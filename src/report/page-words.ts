import type { Difference } from '../model/fact.js';
import type { Standing } from '../model/proof.js';
import type { StatementChange } from '../model/report.js';
import type { Reason } from '../model/slice.js';
import { cut, renderCount } from './measure.js';

/** The views of the page. */
export const VIEW_TITLES = {
  graph: 'Graph',
  slice: 'Statements',
  'left-out': 'Left out',
  services: 'Services',
  changes: 'Changes',
} as const;

/** Each key of the page, and what it does. */
export const KEY_WORDS: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'search tables'],
  ['f', 'search statements'],
  ['1 … 5', 'graph, statements, left out, services, changes'],
  ['↑ ↓', 'move in the list of tables'],
  ['← → ↑ ↓', 'move in the graph: to what stands on a table, and to what it stands on'],
  ['Space', 'choose the table, or take it back'],
  ['j k', 'next and previous statement'],
  ['Enter', 'open a statement'],
  ['x', 'choose nothing'],
  ['+ − 0', 'zoom in, zoom out, fit the graph'],
  ['t', 'light or dark'],
  ['?', 'this help'],
  ['Esc', 'close, or clear the search'],
];

/** What the page says where there is nothing to show. */
export const EMPTY_WORDS = {
  tables: 'The history leaves no table.',
  search: 'No table has that in its name.',
  statements: 'No statement has that in its text, place or reason.',
  nothingLeftOut: 'Nothing is left out: no table is chosen, so this is the whole history.',
  allNeeded: 'Nothing is left out: the chosen tables need every statement.',
  noTarget: 'No database was asked who uses these tables.',
  noTargetHint: 'Make the report with a target, and it reads the services from the ledger there:',
  noServices: 'No service has asked for tables of this history there yet.',
  noServicesHint: 'They are remembered when they apply with a name:',
  noAgainst: 'There is nothing to compare with.',
  noAgainstHint: 'Give the lock file as it was before, and this shows what changed since:',
  notProved: 'Nobody has proved the history as it is now: plinth prove does.',
  noChanges: 'Nothing changed: statements, slices and the catalogue at the end are the same.',
  focus: 'Point at a table, or move to it with the arrow keys, to see what it stands on.',
} as const;

/** How a statement came to be kept, step by step: the words before each name of its chain. */
export function getChainWords({ why, chain }: Reason): readonly (readonly [words: string, name: string])[] {
  return chain.map((name, index) => {
    if (index === 0) return [why === 'wanted' ? 'chosen' : 'for', name];
    return [
      /^(?:constraint|trigger|index|column|default|policy|rule|statistics|sequence|partition) /.test(name)
        ? 'by its'
        : 'needs',
      name,
    ];
  });
}

/** What the last step of a chain leads to: why the statement itself is kept. */
export function renderKept({ why, chain }: Reason): string {
  switch (why) {
    case 'wanted':
      return chain.length === 0 ? '' : 'This statement makes or changes it.';
    case 'always':
      return 'Kept always: it is a setting of the session or a default right.';
    case 'order':
      return 'Kept so that requests for other tables still fit when they come later.';
    case 'unobserved':
      return 'Kept in case: it failed when the history was watched, and names what is needed.';
    case 'live':
      return 'Kept for rows that are there already.';
    case 'proof':
      return 'Kept because the proof found that its table comes out otherwise without it.';
    case 'again':
      return 'Kept because it ran before its file changed.';
    case 'all':
      return 'No table is chosen: the whole history runs.';
  }
}

/** Why a statement is left out. */
export function renderLeftOutWhy(
  what: { readonly isIdle: boolean; readonly hasFailed: boolean },
  subjects: readonly string[],
): string {
  const about = subjects.length === 0 ? '' : ` (${renderFew(subjects)})`;
  if (what.isIdle) return `did nothing when the history ran${about}`;
  if (what.hasFailed) return `failed when the history was watched, and names nothing that is needed`;
  return subjects.length === 0 ? 'nothing chosen needs it' : `only about ${renderFew(subjects)}`;
}

/** `a, b and 3 more` */
export function renderFew(names: readonly string[], max = 3): string {
  if (names.length <= max) return names.join(', ');
  return `${names.slice(0, max).join(', ')} and ${names.length - max} more`;
}

/** The programs between the migrations. */
export function renderCodeSteps(names: readonly string[]): string {
  return `Between the files stand steps in code, which Plinth does not run: ${renderFew(names, 6)}.`;
}

/** `150014` → `15.14`; of PostgreSQL 9 and before nothing is seen here. */
export function renderServer(version: number): string {
  return `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}`;
}

/** `27 %`; what is not nothing is never told as nothing. */
export function renderShare(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (part / whole) * 100;
  return part > 0 && share < 1 ? 'less than 1 %' : `${Math.round(share)} %`;
}

/** What the proof of a table's slice says. */
export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  proven: 'Proven: its slice makes what the whole history makes.',
  enlarged: 'Enlarged: with the statements that were added, its slice makes what the whole history makes.',
  'not-provable': 'Not provable: no set of statements was seen to do.',
};

export const CHANGE_WORDS: Readonly<Record<StatementChange['change'], string>> = {
  added: 'added',
  changed: 'changed',
  removed: 'removed',
};

/** `73 of 274 statements` */
export function renderPart(part: number, whole: number): string {
  return `${part} of ${renderCount(whole, 'statement')}`;
}

/** `2026-01-02 03:04 UTC` */
export function renderMinute(iso: string): string {
  return iso.replace('T', ' ').replace(/:\d\d(?:\.\d+)?Z$/, ' UTC');
}

/** How a fact of the catalogue changed: `expected` is how it was, `found` how it is. */
export function renderChangedFact({ kind, name, expected, found }: Difference): string {
  const label = [kind, name].filter(Boolean).join(' ');
  if (kind === 'missing')
    return found === null ? 'is gone' : expected === null ? 'is new' : `was a ${expected}, is a ${found}`;
  if (expected === null) return `${label} is new: ${show(found)}`;
  if (found === null) return `${label} is gone: ${show(expected)}`;
  if (kind === 'body') return 'its body is another one';
  return `${label} was ${show(expected)}, is ${show(found)}`;
}

const show = (text: string | null): string => cut((text ?? '').replace(/\s+/g, ' ').trim(), 160);
