import { VIEW_TITLES } from '../report/page-words.js';
import { h } from './dom.js';
import type { State, Store, ViewName } from './store.js';
import { VIEWS } from './store.js';
import type { View } from './view.js';

/** The views of the page, of which one is shown. */
export interface Tabs {
  readonly list: HTMLElement;
  readonly panels: Readonly<Record<ViewName, HTMLElement>>;
  render(state: State, views: Readonly<Record<ViewName, View>>): void;
}

/** Makes tabs and panels as https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ has them. */
export function createTabs(store: Store): Tabs {
  const buttons = new Map<ViewName, HTMLButtonElement>();
  const panels = {} as Record<ViewName, HTMLElement>;
  for (const name of VIEWS) {
    const show = (): void => store.set({ view: name });
    const attributes = { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}` };
    buttons.set(name, h('button', { ...attributes, onClick: show }));
    panels[name] = h('section', {
      class: `panel panel-${name}`,
      role: 'tabpanel',
      id: `panel-${name}`,
      'aria-labelledby': `tab-${name}`,
      hidden: true,
    });
  }
  const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, [...buttons.values()]);
  list.addEventListener('keydown', (event) => {
    const at = VIEWS.indexOf(store.state.view);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = VIEWS[(at + step + VIEWS.length) % VIEWS.length]!;
    store.set({ view: next });
    buttons.get(next)!.focus();
  });
  return {
    list,
    panels,
    render: (state, views) => {
      for (const [name, button] of buttons) {
        const isShown = name === state.view;
        button.setAttribute('aria-selected', String(isShown));
        button.tabIndex = isShown ? 0 : -1;
        panels[name].hidden = !isShown;
        const count = views[name].getCount(state);
        button.replaceChildren(
          VIEW_TITLES[name],
          ...(count === null ? [] : [h('span', { class: 'count' }, String(count))]),
        );
      }
    },
  };
}
