/** The commands that take options. */
export type CommandName =
  | 'plan'
  | 'apply'
  | 'verify'
  | 'wait'
  | 'prove'
  | 'tables'
  | 'report'
  | 'status'
  | 'unlock'
  | 'doctor'
  | 'cache'
  | 'init'
  | 'completion'
  | 'kubernaut'
  | 'fleet'
  | 'manifest';

/** How an option's value is read: a comma list, `NAME=VALUE` and repeated texts may be given more than once. */
export type OptionKind = 'text' | 'flag' | 'list' | 'pairs' | 'texts';

/** One option of the command line: its help, its default and the variable that stands in for it. */
export interface OptionRow {
  readonly flags: string;
  readonly kind: OptionKind;
  readonly text: string;
  readonly group: 'History' | 'Target' | 'Cluster' | 'Ledger' | 'Settings' | 'Manifest' | 'Fleet' | 'Output';
  readonly commands: readonly CommandName[];
  readonly choices?: readonly string[];
  /** Values that a shell offers; others are fine, too. */
  readonly suggests?: readonly string[];
  readonly default?: string;
  /** The environment variable that stands in where the option is not given. Default: PLINTH_ and the long name. */
  readonly variable?: string;
  /** Variables of other programs that stand in where neither is given. */
  readonly foreign?: string;
  /** It says what is run, or where: its variable, set but empty, is wrong rather than unset. */
  readonly decides?: true;
  /** The kind of target it speaks of: where one kind is given, the variables of the others do not count. */
  readonly alternative?: 'url' | 'embedded' | 'cluster' | 'target';
  /** What its value names, so that a shell can complete it; its choices are known without. */
  readonly completes?: 'files' | 'folders' | 'tables' | 'services' | 'targets' | 'histories';
  /** Taken without a word, so that `plan` and `verify` take the command line of `apply`. */
  readonly hiddenIn?: readonly (CommandName | 'fleet work' | 'manifest job' | 'manifest wait')[];
}

/** Makes a row. */
export const row = (
  group: OptionRow['group'],
  commands: readonly CommandName[],
  kind: OptionKind,
  flags: string,
  text: string,
  more: Partial<OptionRow> = {},
): OptionRow => ({ group, commands, kind, flags, text, ...more });

/** The commands that read a history. */
export const HISTORY = ['plan', 'apply', 'verify', 'wait', 'prove', 'tables', 'report', 'status'] as const;
/** The commands that read a migration folder, if only to see what it is. */
export const FOLDER = [...HISTORY, 'init', 'manifest', 'fleet'] as const;
/** The commands that look at a database. */
export const DATABASE = ['plan', 'apply', 'verify', 'wait', 'report', 'status', 'unlock', 'doctor'] as const;
/** The commands that look at a database for a history. */
export const TARGET = ['plan', 'apply', 'verify', 'wait'] as const;
/** The commands that apply, or print what does. */
export const APPLYING = [...TARGET, 'manifest'] as const;
/** The commands that choose tables. */
export const CHOSEN = ['plan', 'apply', 'verify', 'wait', 'status'] as const;
/** The commands that look at a database in a cluster. */
export const CLUSTER = [...DATABASE, 'kubernaut'] as const;
/** Every command. */
export const ALL = [
  ...HISTORY,
  'unlock',
  'doctor',
  'cache',
  'init',
  'kubernaut',
  'manifest',
  'fleet',
] as const;

/** The long name of a row's option: `--search-path`, `--no-cache`. */
export const getLongName = ({ flags }: OptionRow): string => /--[a-z-]+/.exec(flags)![0];

/** What commander keeps a row's value under: `searchPath`, `cache`. */
export const getKey = (row: OptionRow): string =>
  getLongName(row)
    .replace(/^--(no-)?/, '')
    .replace(/-./g, (text) => text[1]!.toUpperCase());

/** The environment variable of a row: `PLINTH_SEARCH_PATH`, `PLINTH_NO_CACHE`. */
export const getVariable = (row: OptionRow): string =>
  row.variable ?? `PLINTH_${getLongName(row).slice(2).replaceAll('-', '_').toUpperCase()}`;
