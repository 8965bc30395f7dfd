/** What the page's keys do. */
export type KeyActions = Readonly<Record<string, () => void>>;

/** Runs the action of a key that is pressed where nothing is typed. */
export function startKeys(actions: KeyActions): void {
  addEventListener('keydown', (event) => {
    const target = event.target as Element | null;
    const isTyping =
      target instanceof HTMLInputElement ? target.type !== 'checkbox' : target instanceof HTMLTextAreaElement;
    const isOpen = document.querySelector('dialog[open]') !== null;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || (isOpen && event.key !== '?')) return;
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}
