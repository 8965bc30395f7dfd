export type Child = Node | string | null | readonly Child[];

/** Attributes and handlers of an element; null and false leave one out. */
export interface Props {
  readonly [name: string]: string | number | boolean | null | undefined | ((event: never) => void);
}

/** Makes an element. Texts become text nodes: nothing that a history says is ever parsed as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), props, children);
}

/** Makes an element of SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

/** Puts children in the place of those that are there. */
export function replace(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** A name that may be broken behind its underscores and dots, and before its capitals. */
export function breakable(name: string): Child {
  return name
    .split(/(?<=[_.])|(?<=[a-z])(?=[A-Z])/)
    .map((part, index) => (index === 0 ? part : [h('wbr'), part]));
}

/** A text with the stretches that match a search marked. */
export function mark(text: string, search: string, set: (text: string) => Child = (plain) => plain): Child {
  const at = search === '' ? -1 : text.toLowerCase().indexOf(search.toLowerCase());
  if (at < 0) return set(text);
  const end = at + search.length;
  return [
    set(text.slice(0, at)),
    h('mark', {}, set(text.slice(at, end))),
    mark(text.slice(end), search, set),
  ];
}

function fill<E extends Element>(element: E, props: Props, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') {
      element.addEventListener(name.slice(2).toLowerCase(), value as unknown as EventListener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  append(element, children);
  return element;
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null) continue;
    if (Array.isArray(child)) append(element, child as readonly Child[]);
    else element.append(child as Node | string);
  }
}
