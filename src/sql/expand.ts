import type { Region, Substitution } from '../model/history.js';

/** A region's text as PostgreSQL gets it, and the way back into the user's file. */
export interface ExpandedRegion {
  readonly text: string;
  /** The offset in the file of an offset in `text`; inside a substituted value: where the placeholder begins. */
  getFileOffset(offset: number): number;
}

/** Replaces the placeholders of one region. */
export function expandRegion(
  fileText: string,
  region: Region,
  substitutions: readonly Substitution[],
): ExpandedRegion {
  const inside = substitutions.filter((s) => s.start >= region.start && s.end <= region.end);
  if (inside.length === 0) {
    return {
      text: fileText.slice(region.start, region.end),
      getFileOffset: (offset) => region.start + offset,
    };
  }
  const pieces: {
    readonly at: number;
    readonly length: number;
    readonly file: number;
    readonly value: boolean;
  }[] = [];
  let text = '';
  let from = region.start;
  for (const { start, end, text: value } of inside) {
    pieces.push({ at: text.length, length: start - from, file: from, value: false });
    text += fileText.slice(from, start);
    pieces.push({ at: text.length, length: value.length, file: start, value: true });
    text += value;
    from = end;
  }
  pieces.push({ at: text.length, length: region.end - from, file: from, value: false });
  text += fileText.slice(from, region.end);
  return {
    text,
    getFileOffset: (offset) => {
      const piece = pieces.findLast((p) => p.at <= offset && (p.length > 0 || p.at === offset)) ?? pieces[0]!;
      if (!piece.value) return piece.file + offset - piece.at;
      const next = pieces.find((p) => p.at >= piece.at + piece.length && !p.value);
      return offset >= piece.at + piece.length && next !== undefined ? next.file : piece.file;
    },
  };
}

/** The text of `[start, end)` of a file with its placeholders replaced. */
export function getExpandedText(
  fileText: string,
  span: { readonly start: number; readonly end: number },
  substitutions: readonly Substitution[],
): string {
  return expandRegion(fileText, span, substitutions).text;
}
