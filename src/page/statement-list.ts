import { renderCount } from '../report/measure.js';
import type { Browser } from './browse.js';
import { h, mark } from './dom.js';
import { createLazyList, type LazyList } from './lazy-list.js';
import { getSearchText, type RowNote, renderStatementRow } from './statement-row.js';

/** A statement to list. */
export interface ListedStatement {
  readonly ordinal: number;
  readonly note: RowNote;
}

/** Statements under their migrations, those that match a search; null where none does. */
export function createStatementList(
  browser: Browser,
  listed: readonly ListedStatement[],
  search: string,
): LazyList | null {
  const { history } = browser.report;
  const words = search.trim().toLowerCase();
  const found =
    words === ''
      ? listed
      : listed.filter(({ ordinal, note }) => getSearchText(browser, ordinal, note.text).includes(words));
  if (found.length === 0) return null;
  const groups = new Map<string, ListedStatement[]>();
  for (const statement of found) {
    const { migration, file } = history.statements[statement.ordinal]!;
    const key = `${migration} ${file ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [statement]);
    else group.push(statement);
  }
  return createLazyList(
    [...groups.values()].map((group) => {
      const { migration, file } = history.statements[group[0]!.ordinal]!;
      const name = history.migrations[migration]!;
      return {
        heading: h(
          'h3',
          { class: 'file' },
          mark(name, words),
          file === undefined ? null : h('span', { class: 'dim' }, ` includes ${file}`),
          h('span', { class: 'count' }, renderCount(group.length, 'statement')),
        ),
        count: group.length,
        render: (index) => {
          const { ordinal, note } = group[index]!;
          return renderStatementRow(browser, ordinal, note, words);
        },
      };
    }),
  );
}
