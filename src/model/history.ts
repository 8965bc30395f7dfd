import type { Finding } from './finding.js';
import type { ToolEntry, ToolTable } from './tool-ledger.js';

/** The migration tools whose folders Plinth reads. */
export const FORMATS = [
  'goose',
  'golang-migrate',
  'dbmate',
  'flyway',
  'prisma',
  'drizzle',
  'sqlx',
  'diesel',
  'sql-migrate',
  'atlas',
  'node-pg-migrate',
  'graphile-migrate',
  'pop',
  'tern',
  'supabase',
  'sqitch',
  'pg_dump',
  'manifest',
  'plain',
] as const;
export type Format = (typeof FORMATS)[number];

/** Replaces `[start, end)` of a file's text with `text` before PostgreSQL sees it (a placeholder). */
export interface Substitution {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A stretch of a file's text that holds SQL to run, as UTF-16 offsets `[start, end)`; each is parsed on its own. */
export interface Region {
  readonly start: number;
  readonly end: number;
  /** Where the rows stand that belong to the `COPY … FROM STDIN` with which the region ends. */
  readonly rows?: { readonly start: number; readonly end: number };
}

/** A file that a migration includes; its text reaches to the next one's start. */
export interface IncludedFile {
  /** Path relative to the folder. */
  readonly name: string;
  /** UTF-16 offset in the migration's text. */
  readonly start: number;
}

/**
 * How the owner's tool runs a migration: `each` = the whole migration is one transaction;
 * `none` = the file (or the tool) says that it runs outside of one, statement by statement.
 */
export type TransactionRule = 'each' | 'none';

/** One migration of a history, as its tool would run it forwards. */
export interface Migration {
  /** The 0-based place in the history. */
  readonly ordinal: number;
  /** What the tool itself tells migrations apart by (goose: `13`, Prisma: the directory's name); unique in the history, stable when a title changes. */
  readonly id: string;
  /** What a user calls it: the file's path relative to the folder. */
  readonly name: string;
  /** The whole text of the file, decoded, without a byte order mark, then that of each file that it includes. */
  readonly text: string;
  /** In the order of `start`; a file that is included twice is there twice. Absent: none. */
  readonly included?: readonly IncludedFile[];
  /** The stretches of `text` that run forwards, in the order in which they run. */
  readonly regions: readonly Region[];
  readonly substitutions: readonly Substitution[];
  readonly transaction: TransactionRule;
  /** SQL that was recorded for a step in code. */
  readonly recorded?: true;
  /** For a migration that runs again whenever its content changes (Flyway's `R__`): the digest of that content, line ends aside. */
  readonly contentDigest?: string;
  /** What its tool would write about it into a table of its own. Absent: id and text say it. */
  readonly entry?: ToolEntry;
}

/** A file of the folder that is not part of the history, and why. */
export interface PassedOver {
  readonly path: string;
  readonly reason: PassedOverReason;
}
export type PassedOverReason =
  | 'down-migration'
  | 'other-dialect'
  | 'not-sql'
  | 'tool-metadata'
  | 'code-step'
  | 'not-a-migration-name'
  | 'subfolder'
  | 'hidden'
  | 'baseline'
  | 'callback'
  | 'before-checkpoint'
  | 'uncommitted'
  | 'fixture'
  | 'seed'
  | 'roles'
  | 'no-up-part'
  | 'not-in-journal'
  | 'not-in-plan'
  | 'not-in-manifest'
  | 'verify-script'
  | 'included';

/** A step that is a program (Go, TypeScript, Java …) between the migrations: Plinth names it, and cannot run it. */
export interface CodeStep {
  /** The file's path relative to the folder. */
  readonly name: string;
  /** The ordinal of the migration that it stands before; the number of migrations where it stands last. */
  readonly before: number;
}

/** The names of the steps in code that stand before a migration, in order. */
export function getCodeStepsBefore({ codeSteps }: Pick<History, 'codeSteps'>, ordinal: number): string[] {
  return codeSteps.filter(({ before }) => before <= ordinal).map(({ name }) => name);
}

/** The ordered migrations of one folder, as the tool that owns the folder would run them. */
export interface History {
  readonly format: Format;
  /** The folder or file as the user named it. */
  readonly location: string;
  readonly migrations: readonly Migration[];
  /** In order; each is among `passedOver`, too. */
  readonly codeSteps: readonly CodeStep[];
  readonly passedOver: readonly PassedOver[];
  /** What the owner's tool would do beside the migrations, and Plinth does not. Absent: nothing. */
  readonly findings?: readonly Finding[];
  /** Where the tool keeps its record, by its own settings beside the files. Absent: where it does by default. */
  readonly toolTable?: ToolTable;
  /** SHA-256 (hex) over format, file names, contents and substitutions: equal digest, equal history, without parsing. */
  readonly digest: string;
}
