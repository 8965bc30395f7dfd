import type { ErrorArgs } from './error-args.js';

interface Words {
  readonly message: string;
  readonly hint?: string;
}

type TestingErrorCode = 'CREATE_DATABASE_DENIED';

/** Every sentence of the errors about databases of tests. */
export const TESTING_WORDS: { readonly [C in TestingErrorCode]: (args: ErrorArgs[C]) => Words } = {
  CREATE_DATABASE_DENIED: ({ target, user, reason }) => ({
    message: `the user ${user} may not create databases at ${target}: ${reason}`,
    hint: `Let an administrator grant it (alter role "${user}" createdb), or give a test less for itself: isolation: 'schema' or 'transaction' (docs/testing.md).`,
  }),
};

type Args = Readonly<Record<string, unknown>>;
interface Left {
  readonly pid: number;
  readonly applicationName: string;
  readonly state: string;
  readonly query: string;
}

/** The words of findings about databases of tests. */
export const TESTING_FINDINGS: Readonly<Record<string, (args: Args) => string>> = {
  TEST_DATABASE_KEPT: (a) =>
    `kept ${a['name']}${a['psql'] === null ? '' : `; look at it with:\n  ${a['psql']}`}`,
  CONNECTIONS_LEFT_OPEN: (a) =>
    `connections to ${a['name']} were left open, and are ended now:\n${(a['sessions'] as readonly Left[]).map(renderLeft).join('\n')}`,
  TEST_DATABASES_DISTURBED: (a) =>
    `in the background of the tests: ${a['what']}: ${a['reason']} (the next start takes away what is left)`,
};

function renderLeft({ pid, applicationName, state, query }: Left): string {
  const who = applicationName === '' ? 'a session without a name' : applicationName;
  const what = query === '' ? '' : `: ${query.replace(/\s+/g, ' ')}`;
  return `  ${who} (pid ${pid}), ${state || 'state unknown'}${what}`;
}
