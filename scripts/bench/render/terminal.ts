import { getBestPeer, getEntryRatio, getFigure } from '../compared.js';
import type { Entry, Measurement, Unit } from '../result.js';
import { getSorted } from '../statistics.js';

/** A figure with as many digits as it bears. */
export function renderFigure(value: number, unit: Unit): string {
  if (unit === 'cores') return value.toFixed(2);
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}

export const renderRatio = (ratio: number | null): string =>
  ratio === null ? '–' : `${ratio.toFixed(ratio < 10 ? 2 : 1)}×`;

/** The rows of a measurement: a name, median, spread, and the ratios to the best peer and to the floor. */
export function renderRows(measurement: Measurement): readonly (readonly string[])[] {
  const best = getBestPeer(measurement);
  const floor = measurement.entries.find(({ role, values }) => role === 'floor' && values.length > 0) ?? null;
  const header = [
    '',
    getUnitName(measurement),
    'least',
    'most',
    best ? `to ${best.name}` : '',
    floor ? `to ${floor.name}` : '',
  ];
  return [header, ...measurement.entries.map((entry) => renderRow(entry, measurement, best, floor))];
}

function renderRow(
  entry: Entry,
  measurement: Measurement,
  best: Entry | null,
  floor: Entry | null,
): string[] {
  if (entry.values.length === 0) return [entry.name, entry.failure ?? 'none', '', '', '', ''];
  const sorted = getSorted(entry.values);
  const figures = [getFigure(measurement, entry), sorted[0]!, sorted.at(-1)!].map((value) =>
    renderFigure(value, measurement.unit),
  );
  const ratio = (other: Entry | null): string =>
    other === null ? '' : renderRatio(getEntryRatio(measurement, entry, other));
  return [entry.name, ...figures, ratio(best), ratio(floor)];
}

const getUnitName = ({ unit, statistic }: Measurement): string =>
  statistic === undefined ? unit : `${unit} (${statistic})`;

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
