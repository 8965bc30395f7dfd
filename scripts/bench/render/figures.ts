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

/** The unit, and what the figure is where it is no median. */
export const getUnitName = ({ unit, statistic }: Measurement): string =>
  statistic === undefined ? unit : `${unit} (${statistic})`;
