import { diffLines } from 'diff';

/** What changed from one text of a statement to another, line by line with `-` and `+`. */
export function renderStatementDiff(before: string, after: string): string {
  const end = (text: string): string => (text === '' ? '' : `${text.replaceAll('\r\n', '\n')}\n`);
  return diffLines(end(before), end(after))
    .flatMap(({ value, added, removed }) => {
      const mark = added ? '+' : removed ? '-' : ' ';
      return value
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => `  ${mark} ${line}`);
    })
    .join('\n');
}
