import { getExitCode } from '../src/cli/exit-codes.js';
import { PlinthError } from '../src/errors.js';
import { renderErrorText } from '../src/report/error-text.js';
import { GROUPS } from '../test/cluster/scenarios/groups.js';
import type { Scenario } from '../test/cluster/scenarios/scenario.js';

/** The scenarios of docs/diagnosis.md, each with what the user sees. */
export const renderScenarios = (): string =>
  GROUPS.flatMap(({ scenarios, title }) => [`## ${title}`, ...scenarios.map(renderScenario)]).join('\n\n');

function renderScenario({ args, code, evidence = [], name, rung, waited }: Scenario): string {
  const finding = { code, severity: 'error', args: { ...args }, evidence } as const;
  const error = new PlinthError(code, args, { findings: [finding] });
  const patience = waited ? 'waited for within `--timeout`, and told meanwhile' : 'told at once';
  return [
    `### ${name}`,
    '',
    `[${code}](errors.md#${code.toLowerCase()}), rung \`${rung}\`, exit code ${getExitCode(error)}; ${patience}.`,
    '',
    '```text',
    renderErrorText(error).trimEnd(),
    '```',
  ].join('\n');
}
