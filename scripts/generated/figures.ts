import type { Checked } from './check.js';

/** What was counted over many histories. */
export interface Figures {
  add(checked: Checked): void;
  /** How many failed so far. */
  readonly failed: number;
  /** One line on how far it is. */
  renderProgress(): string;
  /** A table of all of it, and what the checks were. */
  render(seeds: string): string;
}

export function createFigures(): Figures {
  const start = performance.now();
  const total = { histories: 0, statements: 0, refused: 0, tables: 0, slices: 0, sequences: 0, failed: 0 };
  const shares = { shared: 0, alone: 0 };
  const getSeconds = (): number => Math.round((performance.now() - start) / 1000);
  const getAverage = (sum: number, of: number): string => (of === 0 ? '0' : (sum / of).toFixed(1));
  return {
    add: ({ built, wrong, ...checked }) => {
      total.histories += 1;
      total.statements += built.statements;
      total.refused += built.refused.length;
      total.tables += checked.tables;
      total.slices += checked.slices;
      total.sequences += checked.sequences;
      if (wrong.length > 0) total.failed += 1;
      for (const { shared, alone } of checked.shares) {
        shares.shared += shared;
        shares.alone += alone;
      }
    },
    get failed() {
      return total.failed;
    },
    renderProgress: () => JSON.stringify({ ...total, seconds: getSeconds() }),
    render: (seeds) => {
      const { histories, tables } = total;
      const cells = [
        seeds,
        histories,
        total.failed,
        getAverage(total.statements, histories),
        getAverage(tables, histories),
        getAverage(100 * shares.shared, tables),
        getAverage(100 * shares.alone, tables),
        total.slices,
        total.sequences,
        getSeconds(),
      ];
      return [
        '| seeds | histories | failed | statements | tables | slice % | slice alone % | slices | sequences | seconds |',
        '|---|---|---|---|---|---|---|---|---|---|',
        `| ${cells.join(' | ')} |`,
        '',
        'statements, tables and slice %: on average. Each slice was applied to an empty database, and each sequence of requests one',
        'after another: catalogue, rows and sequences equal those of the whole (faithful, order-free), and each request, planned',
        'again, leaves nothing to do (idempotent). After sequences the comparison of plinth verify finds no difference either.',
      ].join('\n');
    },
  };
}
