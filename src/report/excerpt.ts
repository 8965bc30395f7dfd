import type { SourcePlace } from '../model/finding.js';
import { PLAIN, type Style } from './style.js';

/** The lines around a place and a caret below it; a long line is shown around the column only. */
export function renderExcerpt(place: SourcePlace, columns = 120, style: Style = PLAIN): string {
  const gutter = Math.max(...place.excerpt.map(([number]) => String(number).length), 1);
  const room = Math.max(20, columns - gutter - 6);
  const shift = Math.max(0, place.column - Math.ceil(room * 0.7));
  const lines = place.excerpt.flatMap(([number, text]) => {
    // Code points, as PostgreSQL counts characters; a tab would move the caret.
    const visible = [...text.replaceAll('\t', ' ').trimEnd()].slice(shift, shift + room).join('');
    const line = `${style.dim(`${String(number).padStart(gutter + 2)} |`)} ${visible}`.trimEnd();
    if (number !== place.line) return [line];
    const caret = `${' '.repeat(gutter + 2)} | ${' '.repeat(Math.max(0, place.column - 1 - shift))}^`;
    return [line, style.bad(caret)];
  });
  return lines.join('\n');
}
