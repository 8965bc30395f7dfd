import type { PlinthError } from '../errors.js';
import type { Diagnosis, DiagnosisStep, Rung } from '../model/diagnosis.js';
import type { Finding } from '../model/finding.js';
import { RUNG_NAMES, RUNG_WORDS, renderNotAsked } from './diagnosis-words.js';
import { renderFinding } from './finding-words.js';
import { renderCount } from './measure.js';
import { getErrorValue, renderLine } from './ndjson.js';
import { redact } from './redact.js';
import { PLAIN, type Style } from './style.js';

const WIDTH = Math.max(...Object.values(RUNG_NAMES).map((name) => name.length));
// Below a rung's words.
const INDENT = ' '.repeat('  fail  '.length + WIDTH + 2);

/** The ladder for people: what holds with its evidence, what does not and what to do, what could not be asked. */
export function renderDiagnosis(
  diagnosis: Diagnosis<PlinthError>,
  options: { readonly style?: Style } = {},
): string {
  const { style = PLAIN } = options;
  const lines = diagnosis.steps.flatMap((step, index) => {
    if (step.outcome !== 'not-asked') return renderStep(step, style);
    const isSame = (other: Step | undefined): boolean =>
      other?.outcome === 'not-asked' && other.after === step.after && other.reason === step.reason;
    if (isSame(diagnosis.steps[index - 1])) return [];
    const rest = diagnosis.steps.slice(index);
    const end = rest.findIndex((other) => !isSame(other));
    return [style.dim(renderLeft(end < 0 ? rest : rest.slice(0, end), step))];
  });
  return redact([style.strong(diagnosis.target), ...lines, renderOutcome(diagnosis, style)].join('\n'));
}

/** What `doctor --json` prints. */
export function renderDiagnosisJson(diagnosis: Diagnosis<PlinthError>): string {
  const steps = diagnosis.steps.map((step) =>
    step.outcome === 'failed'
      ? { ...step, problem: { ...getErrorValue(step.problem), args: step.problem.args } }
      : step,
  );
  const line = renderLine({ type: 'diagnosis', ...diagnosis, steps });
  const { format: _, type: __, ...rest } = JSON.parse(line) as Record<string, unknown>;
  return JSON.stringify({ format: 'plinth-diagnosis/1', ...rest }, null, 2);
}

/** The problems of a diagnosis, outermost first. */
export function getProblems({ steps }: Diagnosis<PlinthError>): readonly PlinthError[] {
  return steps.flatMap((step) => (step.outcome === 'failed' ? [step.problem] : []));
}

type Step = DiagnosisStep<PlinthError>;
type Left = Extract<Step, { outcome: 'not-asked' }>;

/** What was not asked for the same reason, in one line. */
function renderLeft(steps: readonly Step[], { after, reason }: Left): string {
  const names = steps.map(({ rung }) => RUNG_NAMES[rung]).join(', ');
  return `  -     ${names.padEnd(WIDTH)}  ${renderNotAsked(after, reason)}`;
}

function renderStep(step: Exclude<Step, Left>, style: Style): readonly string[] {
  const name = RUNG_NAMES[step.rung].padEnd(WIDTH);
  switch (step.outcome) {
    case 'passed':
      return [
        `  ${style.good('ok')}    ${name}  ${renderFacts(step)}`,
        ...step.findings.map((finding) => `${INDENT}${style.warn(renderNote(finding))}`),
      ];
    case 'failed':
      return [`  ${style.bad('fail')}  ${name}  ${renderProblem(step.problem, style)}`];
  }
}

const renderFacts = ({ rung, facts }: Extract<Step, { outcome: 'passed' }>): string =>
  (RUNG_WORDS[rung as Rung] as (facts: unknown) => string)(facts);

const renderNote = (finding: Finding): string => `${finding.severity}: ${renderFinding(finding)}`;

function renderProblem(problem: PlinthError, style: Style): string {
  const [first, ...others] = problem.findings;
  const lines = [
    `${style.bad(`error[${problem.code}]:`)} ${problem.message}`,
    ...(first?.evidence ?? []).map((line) => style.dim(`  ${line}`)),
    ...others.flatMap((finding) => [
      renderNote(finding),
      ...(finding.evidence ?? []).map((line) => style.dim(`  ${line}`)),
    ]),
    ...(first?.severity === 'warning' ? ['It may pass by itself: a run waits for it.'] : []),
    ...(problem.hint === undefined ? [] : [`${style.strong('hint:')} ${problem.hint}`]),
  ];
  return lines.join('\n').replaceAll('\n', `\n${INDENT}`);
}

function renderOutcome(diagnosis: Diagnosis<PlinthError>, style: Style): string {
  const problems = getProblems(diagnosis);
  const open = diagnosis.steps.filter(({ outcome }) => outcome === 'not-asked').length;
  if (problems.length === 0) return style.good('Nothing is in the way of a run.');
  const rest = open === 0 ? '' : `; ${renderCount(open, 'rung')} could not be asked`;
  return style.bad(`In the way of a run: ${problems.map(({ code }) => code).join(', ')}${rest}.`);
}
