import { getFigure } from '../compared.js';
import type { Entry, Measurement } from '../result.js';
import { getSorted } from '../statistics.js';
import { getUnitName, renderFigure } from './figures.js';

const WIDTH = 760;
const LABEL = 330;
const FIGURE = 90;
const ROW = 26;
const TOP = 34;

// Of the page that it stands on nothing is known but what the reader prefers.
const STYLE = `text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.unit{fill:#59636e}
.plinth{fill:#0b7285}.peer{fill:#8c959f}.floor{fill:none;stroke:#8c959f;stroke-dasharray:4 3}.spread{stroke:#1f2328}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.unit{fill:#9198a1}.plinth{fill:#3bc9db}.peer{fill:#6e7681}.floor{stroke:#9198a1}.spread{stroke:#e6edf3}}`;

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Whether there is something to compare. */
export const hasChart = ({ entries }: Measurement): boolean =>
  entries.filter(({ values }) => values.length > 0).length > 1;

/** A bar for each entry that has values, as long as its figure, with a line from the least to the most of its rounds. */
export function renderChart(measurement: Measurement): string {
  const entries = measurement.entries.filter(({ values }) => values.length > 0);
  // A single slow round is not to make all bars short.
  const most = Math.max(...entries.map((entry) => getFigure(measurement, entry))) * 1.15;
  const height = TOP + entries.length * ROW + 8;
  const rows = entries.map((entry, at) => renderRow(measurement, entry, TOP + at * ROW, most));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeText(measurement.title).replaceAll('"', '&quot;')}">
<style>${STYLE}</style>
<text class="title" x="8" y="20">${escapeText(measurement.title)} <tspan class="unit">${getUnitName(measurement)}, less is better</tspan></text>
${rows.join('\n')}
</svg>
`;
}

function renderRow(measurement: Measurement, entry: Entry, y: number, most: number): string {
  const scale = (value: number): number =>
    Math.round((Math.min(value, most) / most) * (WIDTH - LABEL - FIGURE) * 10) / 10;
  const figure = getFigure(measurement, entry);
  const sorted = getSorted(entry.values);
  const [least, greatest] = [scale(sorted[0]!), scale(sorted.at(-1)!)];
  const middle = y + ROW / 2;
  const end = LABEL + Math.max(greatest, scale(figure)) + 6;
  return [
    `<text x="${LABEL - 8}" y="${middle + 4}" text-anchor="end">${escapeText(entry.name)}</text>`,
    `<rect class="${entry.role}" x="${LABEL}" y="${y + 5}" width="${Math.max(1, scale(figure))}" height="${ROW - 10}" rx="2"/>`,
    `<path class="spread" d="M${LABEL + least} ${middle}H${LABEL + greatest}"/>`,
    `<text x="${end}" y="${middle + 4}">${renderFigure(figure, measurement.unit)}</text>`,
  ].join('');
}
