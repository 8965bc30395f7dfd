/** The placeholders that a `.gmrc` names; null for those that come from the environment. */
export function parsePlaceholders(text: string): ReadonlyMap<string, string | null> {
  // JSON5: comments are all that stands in the way here. A URL's slashes are no comment.
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s,{[])\/\/[^\n]*/g, '$1');
  const found = new Map<string, string | null>();
  const section = /["']?placeholders["']?\s*:\s*\{([^}]*)\}/.exec(bare)?.[1] ?? '';
  const entries = section.matchAll(/["']:([A-Z][A-Z0-9_]+)["']\s*:\s*(?:"([^"\\]*)"|'([^'\\]*)')/g);
  for (const [, name, double, single] of entries) {
    const value = double ?? single!;
    found.set(name!, value === '!ENV' ? null : value);
  }
  return found;
}
