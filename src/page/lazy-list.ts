import { h } from './dom.js';

/** Rows under a heading. */
export interface RowGroup {
  readonly heading: HTMLElement | null;
  readonly count: number;
  render(index: number): HTMLElement;
}

/** A long list of which only what is near to the window is made. */
export interface LazyList {
  readonly element: HTMLElement;
  /** Makes all of it, for paper. */
  fillAll(): void;
  /** Moves the focus to the next row with the selector, or the one before. */
  move(selector: string, step: 1 | -1): void;
}

const CHUNK = 50;
/** What a row takes, as long as it is not made; in pixels. */
const ROW_HEIGHT = 30;

/** Makes a list of groups; rows are made in chunks when they come near. */
export function createLazyList(groups: readonly RowGroup[]): LazyList {
  const element = h('div', { class: 'rows' });
  const fills = new Map<Element, () => void>();
  const fill = (chunk: Element): void => {
    fills.get(chunk)?.();
    fills.delete(chunk);
    observer.unobserve(chunk);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) fill(target);
    },
    // The margin counts in what scrolls, be it the window or the panel.
    { rootMargin: '1200px', scrollMargin: '1200px' } as IntersectionObserverInit,
  );
  let first = true;
  for (const { heading, count, render } of groups) {
    const section = h('section', { class: 'group' }, heading);
    for (let start = 0; start < count; start += CHUNK) {
      const size = Math.min(CHUNK, count - start);
      const chunk = h('div', { class: 'chunk' });
      chunk.style.minHeight = `${size * ROW_HEIGHT}px`;
      fills.set(chunk, () => {
        chunk.style.minHeight = '';
        chunk.append(...Array.from({ length: size }, (_, index) => render(start + index)));
      });
      section.append(chunk);
      if (first) fill(chunk);
      else observer.observe(chunk);
      first = false;
    }
    element.append(section);
  }
  return {
    element,
    fillAll: () => {
      for (const chunk of [...fills.keys()]) fill(chunk);
    },
    move: (selector, step) => {
      const active = document.activeElement?.closest('.rows') === element ? document.activeElement : null;
      const rows = (): Element[] => [...element.querySelectorAll(selector)];
      const at = active === null ? -1 : rows().findIndex((row) => row.contains(active) || row === active);
      const next = active === null ? 0 : at + step;
      // What comes next may not be made yet.
      if (next >= rows().length - 1) for (const chunk of [...fills.keys()].slice(0, 1)) fill(chunk);
      const target = rows()[next] as HTMLElement | undefined;
      target?.focus();
      target?.scrollIntoView({ block: 'nearest' });
    },
  };
}
