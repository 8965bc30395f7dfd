import type { AdoptionReport, AdoptionState, AdoptionTable } from '../model/adoption.js';
import { renderDifferences } from './difference-text.js';
import { renderFinding } from './finding-words.js';
import { renderCount } from './measure.js';
import { renderLine } from './ndjson.js';
import { redact } from './redact.js';
import { PLAIN, type Style } from './style.js';

const STATES: Readonly<Record<AdoptionState, string>> = {
  recorded: 'in the ledger',
  equal: 'as the history leaves it',
  different: 'different',
  missing: 'not there',
};

/** What of a database can be adopted, or was: each table, and a sentence. */
export function renderAdoption(report: AdoptionReport, style: Style = PLAIN): string {
  const { tables, findings } = report;
  const width = Math.max(0, ...tables.map(({ name }) => name.length));
  const lines = [
    ...tables.flatMap((table) => renderTable(table, width, style)),
    ...findings.map((finding) => `  ${finding.severity}: ${renderFinding(finding)}`),
    ...(tables.length > 0 ? [''] : []),
    ...renderOutcome(report),
  ];
  return redact(lines.join('\n'));
}

/** The last line of `plinth apply --adopt --json`. */
export function renderAdoptionJson(report: AdoptionReport): string {
  return renderLine({ type: 'adoption', report });
}

function renderTable(
  { name, state, differences, asOf, reason }: AdoptionTable,
  width: number,
  style: Style,
): string[] {
  const words = [
    STATES[state],
    ...(asOf === null ? [] : [`as ${asOf} left it`]),
    ...(reason === null ? [] : [reason]),
  ].join(', ');
  const isBad = state === 'different' || reason !== null;
  return [
    `${name.padEnd(width)}  ${isBad ? style.warn(words) : words}`,
    ...(differences.length === 0 ? [] : [renderDifferences(differences)]),
  ];
}

function renderOutcome({ outcome, tables, statements }: AdoptionReport): string[] {
  const count = (state: AdoptionState): number => tables.filter((table) => table.state === state).length;
  const blocked = tables.filter(({ state, reason }) => state === 'equal' && reason !== null).length;
  const what = `${renderCount(count('equal') - blocked, 'table')} (${renderCount(statements, 'statement')})`;
  const others = [
    ...(count('different') > 0 ? [`${count('different')} different`] : []),
    ...(blocked > 0 ? [`${blocked} equal but not to be told apart`] : []),
    ...(count('missing') > 0 ? [`${count('missing')} not there`] : []),
    ...(count('recorded') > 0 ? [`${count('recorded')} in the ledger already`] : []),
  ];
  const rest = others.length === 0 ? '' : `; ${others.join(', ')}`;
  const next = count('missing') > 0 ? [`plinth apply makes what is not there.`] : [];
  switch (outcome) {
    case 'adopted':
      return [`Adopted ${what}${rest}.`, ...next];
    case 'would-adopt':
      return [
        `Would adopt ${what}${rest}.`,
        'Nothing was changed: --yes adopts what is as the history leaves it.',
      ];
    case 'nothing-to-adopt':
      return [`Nothing to adopt${rest}.`, ...next];
  }
}
