import type { Shape } from './check.js';

export const SERVICE: Shape = [
  /^[A-Za-z0-9._-]{1,40}$/,
  '1 to 40 letters, digits, dots, dashes or underscores',
];
export const IDENTIFIER: Shape = [/^[a-z_][a-z0-9_]{0,62}$/, 'a plain lower-case identifier'];
export const URL_SHAPE: Shape = [
  /^postgres(ql)?:\/\/|^[a-z_]+ *=/i,
  'a URL (postgres://…) or a key=value string',
];
export const DURATION: Shape = [
  /^(\d+(?:\.\d+)?)(ms|s|m|h)$/,
  'a time such as 30s, 500ms or 2m, at most 24 days',
];
