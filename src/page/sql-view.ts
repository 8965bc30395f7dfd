import { renderCount } from '../report/measure.js';
import { h } from './dom.js';
import { getSqlTokens } from './sql-tokens.js';

/** SQL with the numbers of its lines in the file; what was cut off is told. */
export function renderSql(sql: string, firstLine: number, size: number): HTMLElement {
  const code = h('code');
  for (const { kind, text } of getSqlTokens(sql)) {
    code.append(kind === 'plain' ? text : h('span', { class: `sql-${kind}` }, text));
  }
  const lines = sql.split('\n').length;
  const numbers = Array.from({ length: lines }, (_, index) => firstLine + index).join('\n');
  const rest = size - sql.length;
  return h(
    'div',
    { class: 'sql' },
    h('pre', { class: 'sql-numbers', 'aria-hidden': 'true' }, numbers),
    h(
      'pre',
      { class: 'sql-code', tabindex: 0, role: 'group', 'aria-label': `SQL from line ${firstLine}` },
      code,
    ),
    rest > 0
      ? h('p', { class: 'sql-rest' }, `… and ${renderCount(rest, 'more character', 'more characters')}`)
      : null,
  );
}
