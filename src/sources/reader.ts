import type { PlinthError } from '../errors.js';
import type { Finding } from '../model/finding.js';
import type { CodeStep, Format, Migration, PassedOver } from '../model/history.js';
import type { ToolTable } from '../model/tool-ledger.js';

/** The files of a folder, listed once, each read at most once. */
export interface FolderListing {
  readonly location: string;
  /** Every file, sorted bytewise. */
  readonly paths: readonly string[];
  /** The files that may be migrations: not hidden, and not meant for another database. */
  readonly candidates: readonly string[];
  /** True where the name says `mysql`, `sqlite3` … and the folder has PostgreSQL's own beside it. */
  isOtherDialect(path: string): boolean;
  /** True where there is such a file, listed or (beside a single file) not. */
  has(path: string): Promise<boolean>;
  /** The decoded file; throws FILE_UNREADABLE or FILE_NOT_UTF8. */
  getText(path: string): Promise<string>;
  /** The file as it lies there; throws FILE_UNREADABLE. */
  getBytes(path: string): Promise<Uint8Array>;
  /** What can be decoded of the file, for looking only; never throws. */
  peek(path: string): Promise<string>;
  /** A file of the folder around this one; null where there is none. */
  getBeside(name: string): Promise<string | null>;
  /** Where a file was found: which of the given locations that is, and the path in it. */
  getOrigin(path: string): { readonly location: number; readonly path: string };
}

/** Why a folder looks like a tool's: a score of 0 to 100 and the facts that it rests on. */
export interface Evidence {
  readonly score: number;
  readonly evidence: readonly string[];
}

export interface ReadOptions {
  /** Values of placeholders: of the tool's own, and of templates. Default: none. */
  readonly placeholders?: Readonly<Record<string, string>> | undefined;
  /** The search path that the history expects. Default: the server's. */
  readonly searchPath?: string | undefined;
}

/** A migration before it has its place in the history. */
export type MigrationDraft = Omit<Migration, 'ordinal' | 'contentDigest'> & {
  /** It runs again whenever its content changes, placeholders replaced. */
  readonly isRepeatable?: true;
};

/** A placeholder without a value. */
export interface MissingPlaceholder {
  readonly name: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** What a reader found; with problems or missing placeholders, the migrations are not to be used. */
export interface Reading {
  /** In the order in which the tool runs them. */
  readonly migrations: readonly MigrationDraft[];
  readonly codeSteps: readonly CodeStep[];
  readonly passedOver: readonly PassedOver[];
  readonly problems: readonly PlinthError[];
  readonly missing: readonly MissingPlaceholder[];
  /** What the tool's own settings put in the place of templates, where the user gives nothing else. Default: none. */
  readonly values?: Readonly<Record<string, string>>;
  /** Where the tool keeps its record, by its own settings. Default: where it does by default. */
  readonly toolTable?: ToolTable;
  /** What is to be told of a folder that can be read. */
  readonly findings: readonly Finding[];
}

/** What Plinth needs to know of a migration tool. */
export interface Reader {
  readonly format: Format;
  /** The tool replaces `${NAME}` itself, where its own rules say so; elsewhere it is what it is. */
  readonly replacesVariables?: true;
  /** The tool, or what users expect of the format, reads several locations as one. */
  readonly takesSeveral?: true;
  /** Null where nothing speaks for this tool. */
  recognize(files: FolderListing): Promise<Evidence | null>;
  /** Collects problems rather than throwing them. */
  read(files: FolderListing, options: ReadOptions): Promise<Reading>;
}
