import type { Substitution } from '../../model/history.js';
import { getSourceFile, getSourceFiles } from '../../model/place.js';
import { getLineNumber } from '../lines.js';
import type { MigrationDraft } from '../reader.js';
import type { ReadingDraft } from '../reading.js';
import { getTemplateComments } from './comments.js';
import {
  type Expression,
  getVariableValue,
  parseExpression,
  parseVariable,
  type Variable,
} from './expressions.js';
import { type Mark, mayHaveMarks, scanMarks } from './scan.js';

const ADVICE =
  'Plinth puts values in, and runs no template: render the folder with its own engine, and give Plinth what comes out.';

type Values = Readonly<Record<string, string>>;
type Notes = Pick<ReadingDraft, 'reject' | 'addMissing'>;

export interface TemplateOptions extends Notes {
  readonly values: Values;
  /** Whether `${NAME}` and `$NAME` are templates, too: not where the tool replaces them by rules of its own. */
  readonly withVariables: boolean;
}

interface ParsedMark extends Mark {
  readonly meaning: Expression | { readonly type: 'variable'; readonly variable: Variable };
}

/** What the histories' marks outside of quotes tell about those inside. */
interface Evidence {
  /** Some engine renders `{{ … }}`, some shell `${…}`. */
  readonly braces: boolean;
  readonly environment: boolean;
  /** Names that are given, or that stand where no SQL could. */
  readonly names: ReadonlySet<string>;
}

/**
 * Puts values in the place of what a template engine would have replaced before the tool saw it. Outside of quotes
 * such a mark cannot be SQL; inside of quotes it counts only where it reads like nothing else and the history has
 * others, or where its name is known. Notes what has no value, and what would have to be run.
 */
export function withTemplates(
  migrations: readonly MigrationDraft[],
  options: TemplateOptions,
): MigrationDraft[] {
  const found = migrations.map((migration) => readMarks(migration, options.withVariables));
  const { values } = options;
  const evidence = getEvidence(found.flat(), values);
  return migrations.map((migration, i) => {
    const isReplaced = ({ start, end }: Substitution): boolean =>
      migration.substitutions.some((s) => s.start < end && start < s.end);
    const substitutions = [
      ...getTemplateComments(migration.text, values).filter((comment) => !isReplaced(comment)),
      ...found[i]!.flatMap((mark) => replaceMark(mark, migration, { values, notes: options, evidence })),
    ];
    if (substitutions.length === 0) return migration;
    const all = [...migration.substitutions, ...substitutions].sort((a, b) => a.start - b.start);
    return { ...migration, substitutions: all };
  });
}

/** The marks of a migration's regions that its tool does not replace itself. */
function readMarks(
  { text, regions, substitutions }: MigrationDraft,
  withVariables: boolean,
): readonly ParsedMark[] {
  if (!mayHaveMarks(text)) return [];
  return regions
    .flatMap(({ start, end }) => scanMarks(text, start, end))
    .filter((mark) => withVariables || mark.kind !== 'environment')
    .filter((mark) => !substitutions.some((s) => s.start < mark.end && mark.start < s.end))
    .flatMap((mark) => parseMark(mark) ?? []);
}

function parseMark(mark: Mark): ParsedMark | null {
  switch (mark.kind) {
    case 'braces':
      return { ...mark, meaning: parseExpression(mark.inner) };
    case 'block':
      return { ...mark, meaning: { type: 'control' } };
    case 'note':
      return { ...mark, meaning: { type: 'comment' } };
    case 'environment': {
      const variable = parseVariable(mark.inner);
      if (variable !== null) return { ...mark, meaning: { type: 'variable', variable } };
      return mark.context === 'sql' ? { ...mark, meaning: { type: 'unknown', isClear: false } } : null;
    }
  }
}

function getEvidence(marks: readonly ParsedMark[], values: Values): Evidence {
  const names = new Set(Object.keys(values));
  let braces = false;
  let environment = false;
  for (const { meaning, context, kind } of marks) {
    const isClear = 'isClear' in meaning && meaning.isClear;
    if (context !== 'sql' && !(context === 'body' && isClear)) continue;
    if (meaning.type === 'variable') names.add(meaning.variable.name);
    if (meaning.type === 'value') for (const name of meaning.names) names.add(name);
    if (kind === 'environment') environment = true;
    else braces = true;
  }
  return { names, braces, environment };
}

interface Scope {
  readonly values: Values;
  readonly notes: Notes;
  readonly evidence: Evidence;
}

function replaceMark(mark: ParsedMark, migration: MigrationDraft, scope: Scope): readonly Substitution[] {
  const { meaning } = mark;
  if (!isTemplate(mark, scope.evidence)) return [];
  const file = getSourceFile(getSourceFiles(migration), mark.start);
  const line = getLineNumber(file.text, mark.start - file.start);
  switch (meaning.type) {
    case 'comment':
      return [{ ...getSpan(mark, migration.text), text: '' }];
    case 'control':
    case 'unknown': {
      const shown = migration.text.slice(mark.start, mark.end).replace(/\s+/g, ' ').slice(0, 80);
      scope.notes.reject(file.name, `line ${line}: ${shown} is a step of a template`, ADVICE);
      return [];
    }
    case 'value':
    case 'variable': {
      const value = getValue(meaning, scope.values);
      if (value !== null) return [{ ...getSpan(mark, migration.text), text: value }];
      const name = meaning.type === 'value' ? meaning.names[0]! : meaning.variable.name;
      scope.notes.addMissing(name, file.name, line);
      return [];
    }
  }
}

function isTemplate({ context, kind, meaning }: ParsedMark, evidence: Evidence): boolean {
  if (context === 'sql') return true;
  // What stands in a comment changes nothing, unless it decides about the lines around it.
  if (context === 'comment') return kind === 'braces' && meaning.type === 'control' && evidence.braces;
  switch (meaning.type) {
    case 'value':
      if (meaning.names.some((name) => evidence.names.has(name))) return true;
      return meaning.isClear && evidence.braces;
    case 'variable': {
      const { name } = meaning.variable;
      return evidence.names.has(name) || (evidence.environment && /^[A-Z][A-Z0-9_]*$/.test(name));
    }
    case 'control':
      return kind === 'braces' && evidence.braces;
    case 'unknown':
      return meaning.isClear && evidence.braces;
    case 'comment':
      return false;
  }
}

function getValue(
  meaning: Extract<ParsedMark['meaning'], { type: 'value' | 'variable' }>,
  values: Values,
): string | null {
  const get = (name: string): string | null => (Object.hasOwn(values, name) ? values[name]! : null);
  if (meaning.type === 'variable') return getVariableValue(meaning.variable, get(meaning.variable.name));
  return meaning.names.map(get).find((value) => value !== null) ?? null;
}

/** A mark with the white space that `{{-` and `-}}` take away. */
function getSpan({ start, end, inner, kind }: Mark, text: string): { start: number; end: number } {
  if (kind !== 'braces') return { start, end };
  const before = /^-\s/.test(inner) ? /\s*$/.exec(text.slice(0, start))![0].length : 0;
  const after = /\s-$/.test(inner) ? /^\s*/.exec(text.slice(end))![0].length : 0;
  return { start: start - before, end: end + after };
}
