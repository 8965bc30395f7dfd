import { styleText } from 'node:util';

/** How words are set: plain where colours are not wanted. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
}

const plain = (text: string): string => text;

/** Words without any colour. */
export const PLAIN: Style = { strong: plain, dim: plain, good: plain, warn: plain, bad: plain };

const colour =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(format, text, { validateStream: false });

const COLOURED: Style = {
  strong: colour('bold'),
  dim: colour('dim'),
  good: colour('green'),
  warn: colour('yellow'),
  bad: colour('red'),
};

/** The style for a stream: NO_COLOR and FORCE_COLOR first, then whether it is a terminal that can. */
export function getStyle(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  if (env['NO_COLOR']) return PLAIN;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force === '0' || force === 'false' ? PLAIN : COLOURED;
  return stream.isTTY === true && env['TERM'] !== 'dumb' ? COLOURED : PLAIN;
}
