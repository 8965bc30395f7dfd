const KEY = 'plinth-theme';

/** Light or dark: as the reader chose, else as the system has it. */
export function startTheme(button: HTMLButtonElement): { toggle(): void } {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const show = (): void => {
    const isDark = root.dataset['theme'] === undefined ? dark.matches : root.dataset['theme'] === 'dark';
    button.textContent = isDark ? 'Light' : 'Dark';
    button.setAttribute('aria-label', isDark ? 'Light colours (t)' : 'Dark colours (t)');
  };
  const toggle = (): void => {
    const isDark = root.dataset['theme'] === undefined ? dark.matches : root.dataset['theme'] === 'dark';
    root.dataset['theme'] = isDark ? 'light' : 'dark';
    try {
      localStorage.setItem(KEY, root.dataset['theme']);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    show();
  };
  try {
    const kept = localStorage.getItem(KEY);
    if (kept === 'light' || kept === 'dark') root.dataset['theme'] = kept;
  } catch {
    // As above.
  }
  button.addEventListener('click', toggle);
  dark.addEventListener('change', show);
  show();
  return { toggle };
}
