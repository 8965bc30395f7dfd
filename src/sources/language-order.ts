/**
 * Compares as `localeCompare` does, in one language, so that the order is the same on every machine. The rules of the language are
 * loaded with the first comparison: that takes some milliseconds, and most folders need none.
 */
export function createLanguageOrder(options?: Intl.CollatorOptions): (a: string, b: string) => number {
  let collator: Intl.Collator | null = null;
  return (a, b) => {
    collator ??= new Intl.Collator('en', options);
    return collator.compare(a, b);
  };
}
