import { OPTION_TABLE } from '../src/cli/option-table.js';
import { getLongName, getVariable } from '../src/cli/options/row.js';
import { type Schema, SETTINGS_SCHEMA } from '../src/settings/schema.js';
import { renderScenarios } from './diagnosis-docs.js';

const VALUES = {
  flag: '`true`, `false`, `1` or `0`',
  list: 'names, by comma',
  pairs: '`NAME=VALUE`, one a line',
  text: 'as the option',
  texts: 'one a line',
} as const;

/** The tables of docs/ that are made of the sources, by the name of their marker: `<!-- environment -->`. */
export const DOCS_BLOCKS: Readonly<Record<string, () => string>> = {
  environment: () =>
    [
      '| variable | option | value |',
      '|---|---|---|',
      // An option of two commands may have two rows.
      ...[...new Map(OPTION_TABLE.map((row) => [getVariable(row), row])).values()].map(
        (row) => `| \`${getVariable(row)}\` | \`${getLongName(row)}\` | ${VALUES[row.kind]} |`,
      ),
    ].join('\n'),
  diagnosis: renderScenarios,
  settings: () => ['| key | what |', '|---|---|', ...renderSettings(SETTINGS_SCHEMA, '')].join('\n'),
};

/** The text of plinth.schema.json. */
export const renderSchemaFile = (): string => `${JSON.stringify(SETTINGS_SCHEMA, null, 2)}\n`;

function renderSettings(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = prefix + name;
    const choices = inner.enum === undefined ? '' : ` One of ${inner.enum.join(', ')}.`;
    const line = `| \`${path}\` | ${inner.description}${choices} |`;
    const each = inner.additionalProperties;
    // A history of several is described as the one is.
    if (!each || name === 'histories') return [line];
    return [line, ...renderSettings(each, `${path}.NAME.`)];
  });
}
