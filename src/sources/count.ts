/** `1 file` or `3 files`, with what is said of them. */
export function renderCount(count: number, what: string, noun = 'file'): string {
  return `${count} ${noun}${count === 1 ? '' : 's'} ${what}`;
}
