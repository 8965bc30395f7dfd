import type { Measurement } from '../result.js';
import { renderRows } from './figures.js';

/** A measurement as a table of text. */
export function renderTerminal(measurement: Measurement): string {
  const rows = renderRows(measurement);
  const rounds = Math.max(0, ...measurement.entries.map(({ values }) => values.length));
  const name = Math.max(...rows.map(([first]) => first!.length));
  const lines = rows.map(([first, ...rest]) => {
    // A reason takes the room of all columns.
    if (rest.slice(1).every((cell) => cell === '') && first !== '')
      return `  ${first!.padEnd(name)}  ${rest[0]}`;
    const [median, least, most, best, floor] = rest as [string, string, string, string, string];
    const cells = [
      median.padStart(7),
      least.padStart(7),
      most.padStart(7),
      best.padStart(20),
      floor.padStart(15),
    ];
    return `  ${first!.padEnd(name)}  ${cells.join(' ')}`.trimEnd();
  });
  return [`${measurement.title} (${rounds} rounds)`, ...lines].join('\n');
}
