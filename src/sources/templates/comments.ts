import type { Substitution } from '../../model/history.js';

// River's own: https://github.com/riverqueue/river/blob/master/rivershared/sqlctemplate
const TEMPLATE = /\/\* TEMPLATE: (\w+) \*\//g;

/**
 * Takes `/* TEMPLATE: name *\/` as the placeholder that it is: a comment to PostgreSQL, but not where it stands
 * in a literal. Without a value it is nothing; a schema's value gets its dot.
 */
export function getTemplateComments(
  text: string,
  values: Readonly<Record<string, string>>,
): readonly Substitution[] {
  return [...text.matchAll(TEMPLATE)].map((match): Substitution => {
    const value = values[match[1]!] ?? '';
    const replacement = match[1] === 'schema' && value !== '' && !value.endsWith('.') ? `${value}.` : value;
    return { start: match.index, end: match.index + match[0].length, text: replacement };
  });
}
