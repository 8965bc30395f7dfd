/** A file in git's configuration syntax: values by `section.subsection.key`, the last one of each. */
export interface GitConfig {
  /** Neither section nor key minds capitals. */
  get(key: string): string | undefined;
  /** The keys directly below a section, as they are written, with their values. */
  getSection(section: string): Readonly<Record<string, string>>;
  /** True where there is such a section, or one below it. */
  has(section: string): boolean;
}

const SECTION = /^\s*\[\s*([\w.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\]/;
const ENTRY = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*))?$/;

/** Reads what git's own reader would (https://git-scm.com/docs/git-config#_syntax); lines that it would refuse say nothing. */
export function parseGitConfig(text: string): GitConfig {
  const entries: { readonly section: string; readonly key: string; readonly value: string }[] = [];
  const sections = new Set<string>();
  let section = '';
  for (const line of text.replace(/\\\r?\n/g, '').split(/\r?\n/)) {
    const heading = SECTION.exec(line);
    if (heading !== null) {
      const [, name, subsection] = heading;
      section = subsection === undefined ? name! : `${name}.${subsection.replace(/\\(.)/g, '$1')}`;
      sections.add(section.toLowerCase());
    }
    const entry = ENTRY.exec(heading === null ? line : line.slice(heading[0].length));
    if (entry !== null) {
      const value = entry[2] === undefined ? 'true' : parseValue(entry[2]);
      entries.push({ section: section.toLowerCase(), key: entry[1]!, value });
    }
  }
  return {
    get: (name) =>
      entries.findLast(({ section: own, key }) => `${own}.${key}`.toLowerCase() === name.toLowerCase())
        ?.value,
    getSection: (name) =>
      Object.fromEntries(
        entries.filter((e) => e.section === name.toLowerCase()).map(({ key, value }) => [key, value]),
      ),
    has: (name) => [...sections].some((own) => `${own}.`.startsWith(`${name.toLowerCase()}.`)),
  };
}

/** Takes quotes, escapes and a comment at the end away. */
function parseValue(raw: string): string {
  let value = '';
  let kept = 0;
  let isQuoted = false;
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw[at]!;
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (char === '#' || char === ';')) break;
    else if (char === '\\') {
      at += 1;
      value += { n: '\n', t: '\t', b: '\b' }[raw[at] ?? ''] ?? raw[at] ?? '';
    } else value += char;
    if (isQuoted || !/\s/.test(char)) kept = value.length;
  }
  return value.slice(0, kept);
}
