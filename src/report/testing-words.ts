import type { ErrorArgs } from './error-args.js';

interface Words {
  readonly message: string;
  readonly hint?: string;
}

type TestingErrorCode = 'CREATE_DATABASE_DENIED' | 'SCHEMA_ISOLATION_IMPOSSIBLE' | 'TEST_TRANSACTION_ENDED';

/** Every sentence of the errors about databases of tests. */
export const TESTING_WORDS: { readonly [C in TestingErrorCode]: (args: ErrorArgs[C]) => Words } = {
  CREATE_DATABASE_DENIED: ({ target, user, reason }) => ({
    message: `the user ${user} may not create databases at ${target}: ${reason}`,
    hint: `Let an administrator grant it (alter role "${user}" createdb), or give a test less for itself: isolation: 'schema' or 'transaction' (docs/testing.md).`,
  }),
  SCHEMA_ISOLATION_IMPOSSIBLE: ({ problems }) => ({
    message: `this history cannot be in a schema of a test's own:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    hint: 'Give each test a database (isolation: database, for which the user needs CREATEDB) or a transaction (isolation: transaction).',
  }),
  TEST_TRANSACTION_ENDED: ({ target }) => ({
    message: `the transaction of a test in ${target} was ended from inside, so what it wrote may have stayed`,
    hint: 'db.query turns a BEGIN, COMMIT or ROLLBACK that is alone in its call into savepoints; one among other statements, or a lost connection, ends the transaction.',
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
