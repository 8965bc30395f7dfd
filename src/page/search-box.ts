import { h } from './dom.js';

/** A search that tells what is typed once the reader pauses. */
export function createSearchBox(label: string, onChange: (text: string) => void): HTMLInputElement {
  let timer = 0;
  const input = h('input', { type: 'search', placeholder: label, 'aria-label': label, spellcheck: 'false' });
  const tell = (): void => {
    clearTimeout(timer);
    onChange(input.value);
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(tell, 120);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') tell();
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    if (input.value === '') input.blur();
    input.value = '';
    tell();
  });
  return input;
}
