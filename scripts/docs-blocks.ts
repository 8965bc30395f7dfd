import { OPTION_TABLE } from '../src/cli/option-table.js';
import { getLongName, getVariable } from '../src/cli/options/row.js';

const VALUES = {
  flag: '`true`, `false`, `1` or `0`',
  list: 'names, by comma',
  pairs: '`NAME=VALUE`, one a line',
  text: 'as the option',
} as const;

/** The tables of docs/ that are made of the sources, by the name of their marker: `<!-- environment -->`. */
export const DOCS_BLOCKS: Readonly<Record<string, () => string>> = {
  environment: () =>
    [
      '| variable | option | value |',
      '|---|---|---|',
      ...OPTION_TABLE.map(
        (row) => `| \`${getVariable(row)}\` | \`${getLongName(row)}\` | ${VALUES[row.kind]} |`,
      ),
    ].join('\n'),
};
