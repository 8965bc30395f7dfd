import { expect } from 'vitest';
import { type ApplyOptions, type Env, OPTION_NAMES } from '../../../src/options.js';
import { RESULT } from '../../report/result-example.js';
import { runHere } from './run.js';

/** The options that a command line of `apply` hands to the library, and how the user gave them. */
export async function readOptions(
  argv: readonly string[],
  env: Env = {},
): Promise<{ options: ApplyOptions; names: Readonly<Record<string, string>> }> {
  let seen: (ApplyOptions & { [OPTION_NAMES]?: Record<string, string> }) | undefined;
  const outcome = await runHere(['apply', ...argv], {
    env,
    library: {
      apply: async (options) => {
        seen = options;
        return RESULT;
      },
    },
  });
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  const { [OPTION_NAMES]: names = {}, ...options } = seen!;
  return { options, names };
}
