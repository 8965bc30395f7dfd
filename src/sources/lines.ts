/** One line of a file: its text without the line end, and where it and the next one start (UTF-16). */
export interface Line {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
  readonly start: number;
  readonly next: number;
}

/** The 1-based line of an offset. */
export function getLineNumber(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** The line that starts at an offset; its number is counted when somebody asks for it. */
export function getLineAt(text: string, start: number): Line {
  const feed = text.indexOf('\n', start);
  const content = text.slice(start, feed === -1 ? text.length : feed);
  return {
    get number() {
      return getLineNumber(text, start);
    },
    text: content.endsWith('\r') ? content.slice(0, -1) : content,
    start,
    next: feed === -1 ? text.length : feed + 1,
  };
}

/** The lines of a text; a carriage return before the line feed belongs to the line end. */
export function getLines(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    const end = feed === -1 ? text.length : feed;
    const next = feed === -1 ? text.length : feed + 1;
    const content = text.slice(start, end);
    lines.push({
      number: lines.length + 1,
      text: content.endsWith('\r') ? content.slice(0, -1) : content,
      start,
      next,
    });
    start = next;
  }
  return lines;
}
