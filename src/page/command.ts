import { h } from './dom.js';

/** A command line with a button that copies it. */
export function createCommand(line: string): HTMLElement {
  const button = h('button', { type: 'button', class: 'quiet' }, 'Copy');
  const code = h('code', {}, line);
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(line).then(
      () => {
        button.textContent = 'Copied';
      },
      () => {
        // Without the right to the clipboard the line is at least selected.
        getSelection()?.selectAllChildren(code);
      },
    );
  });
  return h('div', { class: 'command' }, code, button);
}
