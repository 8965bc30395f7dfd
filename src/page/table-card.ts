import { renderCount } from '../report/measure.js';
import { EMPTY_WORDS, renderShare, STANDING_WORDS } from '../report/page-words.js';
import { type Browser, getShortName, type Link } from './browse.js';
import { breakable, type Child, h } from './dom.js';
import type { Store } from './store.js';

const MANY = 12;

/** What there is to say about one table. */
export function createTableCard(browser: Browser, store: Store, table: string | null): Child {
  const found = table === null ? undefined : browser.tables.get(table);
  if (found === undefined) return h('p', { class: 'hint' }, EMPTY_WORDS.focus);
  const { name, size, partitions, proof } = found;
  const { alone, chosen } = store.state;
  const statements = alone ? size.alone : size.shared;
  const total = browser.report.history.statements.length;
  const services = browser.getServices(name);
  const isChosen = chosen.includes(name);
  return [
    h('h2', {}, breakable(getShortName(name))),
    h('p', {}, `${renderCount(statements, 'statement')}, ${renderShare(statements, total)} of the history`),
    h('button', { type: 'button', onClick: () => store.toggle(name) }, isChosen ? 'Take back' : 'Choose'),
    proof === null
      ? null
      : h(
          'p',
          { class: `standing standing-${proof.standing}` },
          STANDING_WORDS[proof.standing],
          ` ${proof.why}`,
        ),
    renderLinks('Stands on', browser.foundations.get(name) ?? [], store),
    renderLinks('Stood on by', browser.dependents.get(name) ?? [], store),
    services.length === 0 ? null : [h('h3', {}, 'Used by'), h('p', {}, services.join(', '))],
    partitions.length === 0 ? null : renderPartitions(partitions),
  ];
}

function renderLinks(title: string, links: readonly Link[], store: Store): Child {
  if (links.length === 0) return null;
  const items = links.map(({ table, via }) =>
    h(
      'li',
      {},
      h(
        'button',
        { type: 'button', class: 'link', onClick: () => store.set({ focus: table }) },
        getShortName(table),
      ),
      via.length === 0 ? null : h('span', { class: 'via' }, via.join(' → ')),
    ),
  );
  return [h('h3', {}, `${title} (${links.length})`), renderItems(items)];
}

function renderPartitions(partitions: readonly (readonly [string, string])[]): Child {
  const items = partitions.map(([identity, bounds]) =>
    h('li', {}, getShortName(identity), h('span', { class: 'via' }, bounds)),
  );
  return [h('h3', {}, `Partitions (${partitions.length})`), renderItems(items)];
}

function renderItems(items: readonly HTMLElement[]): Child {
  if (items.length <= MANY) return h('ul', { class: 'plain' }, items);
  return [
    h('ul', { class: 'plain' }, items.slice(0, MANY)),
    h(
      'details',
      { class: 'more' },
      h('summary', {}, `${items.length - MANY} more`),
      h('ul', { class: 'plain' }, items.slice(MANY)),
    ),
  ];
}
