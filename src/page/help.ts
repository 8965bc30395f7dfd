import { KEY_WORDS } from '../report/page-words.js';
import { h } from './dom.js';

/** The help: its keys, how to read the page, and whose work is in it. */
export function createHelp(version: string, licenses: string): HTMLDialogElement {
  const close = h('button', { type: 'button', autofocus: true, onClick: () => dialog.close() }, 'Close');
  const dialog = h(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, 'How to read this page'),
    h(
      'p',
      {},
      'Plinth watched the migrations run once, statement by statement, and noted what each of them wrote and needed. Choose tables, and the page shows just the statements that they need, each with the chain of reasons that leads to it. In the graph a table stands left of what it stands on.',
    ),
    h('h3', {}, 'Keys'),
    h(
      'dl',
      { class: 'keys' },
      KEY_WORDS.map(([keys, what]) => [
        h(
          'dt',
          {},
          keys.split(' ').map((key) => (key === '…' ? key : h('kbd', {}, key))),
        ),
        h('dd', {}, what),
      ]),
    ),
    h(
      'details',
      { class: 'more' },
      h('summary', {}, 'Licences'),
      h('pre', { class: 'licences', tabindex: 0, role: 'region', 'aria-label': 'Licences' }, licenses),
    ),
    h('p', { class: 'hint' }, `Made by Plinth ${version}. This file loads nothing from anywhere.`),
    close,
  );
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}
