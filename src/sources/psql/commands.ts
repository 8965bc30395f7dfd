/** What is done with one of psql's own commands. */
export type PsqlAction =
  | { readonly does: 'include'; readonly isRelative: boolean }
  | { readonly does: 'condition'; readonly part: 'if' | 'elif' | 'else' | 'endif' }
  /** It ends the statement as a semicolon does. */
  | { readonly does: 'send' }
  /** It asks the user or the environment for a variable, the given one of its arguments. */
  | { readonly does: 'ask'; readonly argument: 'first' | 'last' }
  | { readonly does: 'set' | 'unset' | 'copy' | 'quit' | 'encoding' }
  /** It only talks, or sets how psql talks. */
  | { readonly does: 'talk' }
  | { readonly does: 'refuse'; readonly why: string };

// https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-META-COMMANDS
const ACTIONS: Readonly<Record<string, PsqlAction>> = {
  i: { does: 'include', isRelative: false },
  include: { does: 'include', isRelative: false },
  ir: { does: 'include', isRelative: true },
  include_relative: { does: 'include', isRelative: true },
  if: { does: 'condition', part: 'if' },
  elif: { does: 'condition', part: 'elif' },
  else: { does: 'condition', part: 'else' },
  endif: { does: 'condition', part: 'endif' },
  set: { does: 'set' },
  unset: { does: 'unset' },
  getenv: { does: 'ask', argument: 'first' },
  prompt: { does: 'ask', argument: 'last' },
  copy: { does: 'copy' },
  g: { does: 'send' },
  gx: { does: 'send' },
  q: { does: 'quit' },
  quit: { does: 'quit' },
  encoding: { does: 'encoding' },
};

const TALK = new Set(
  (
    '? a C conninfo copyright echo errverbose f H h help html l l+ list list+ o out p print pset qecho ' +
    'restrict s setenv sf sf+ sv sv+ t T timing title unrestrict warn x z z+'
  ).split(' '),
);
// \d, \dt+, \dRp … describe; \dn+x and the like, too.
const DESCRIBE = /^d[A-Za-z]*[S+x]*$/;

const REFUSED: Readonly<Record<string, string>> = {
  '!': 'it runs a program',
  '.': 'it ends the rows of a COPY … FROM STDIN, and there is none here',
  c: 'what follows it would go into another database',
  connect: 'what follows it would go into another database',
  cd: 'it changes where included files are looked for',
  gexec: 'it runs what a query returns',
  gset: 'it sets variables to what a query returns',
};

/** What is done with a command, by its name without the backslash. */
export function getPsqlAction(name: string): PsqlAction {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action !== undefined) return action;
  if (TALK.has(name) || DESCRIBE.test(name)) return { does: 'talk' };
  const why = Object.hasOwn(REFUSED, name) ? REFUSED[name]! : 'Plinth does not carry it out';
  return { does: 'refuse', why };
}

/** True for commands that take the rest of their line as it stands. */
export function isWholeLine(name: string): boolean {
  return /^(?:copy|!|h|help|sf\+?|sv\+?|ef|ev)$/.test(name);
}
