import { isPlinthError, PlinthError } from '../errors.js';
import type { Finding } from '../model/finding.js';
import type { CodeStep, PassedOverReason } from '../model/history.js';
import { getPlaceByName } from './code-steps.js';
import { compareNaturally } from './natural-order.js';
import { getPassedOverReason } from './passed-over.js';
import type { FolderListing, MigrationDraft, MissingPlaceholder, Reading } from './reader.js';

/** A reading in the making: what a reader notes while it goes through a folder. */
export interface ReadingDraft {
  readonly migrations: MigrationDraft[];
  passOver(path: string, reason: PassedOverReason): void;
  /** Notes a program that the tool runs after the migrations noted so far; others get their place by their name. */
  addCodeStep(path: string): void;
  /** Notes what is wrong with a file. */
  reject(file: string, problem: string, advice: string): void;
  addProblem(error: PlinthError): void;
  /** Notes what is to be told where nothing is wrong. */
  addFinding(finding: Finding): void;
  /** Notes a placeholder without a value. */
  addMissing(name: string, file: string, line: number): void;
  /** The file's text, or null after noting why there is none. */
  getText(path: string): Promise<string | null>;
  /** Gives every file that nothing was said about its reason. */
  finish(): Reading;
}

/** Starts the reading of a folder; `isTopLevelOnly` for tools that do not look into subfolders. */
export function createReading(files: FolderListing, isTopLevelOnly: boolean): ReadingDraft {
  const migrations: MigrationDraft[] = [];
  const reasons = new Map<string, PassedOverReason>();
  const codeSteps: CodeStep[] = [];
  const problems: PlinthError[] = [];
  const missing: MissingPlaceholder[] = [];
  const findings: Finding[] = [];
  const draft: ReadingDraft = {
    migrations,
    passOver: (path, reason) => reasons.set(path, reason),
    addCodeStep(path) {
      draft.passOver(path, 'code-step');
      codeSteps.push({ name: path, before: migrations.length });
    },
    reject: (file, problem, advice) =>
      draft.addProblem(new PlinthError('HISTORY_MALFORMED', { file, problem, advice })),
    addProblem: (error) => problems.push(error),
    addFinding: (finding) => void findings.push(finding),
    addMissing: (name, file, line) => void missing.push({ name, file, line }),
    async getText(path) {
      try {
        return await files.getText(path);
      } catch (error) {
        if (!isPlinthError(error)) throw error;
        problems.push(error);
        return null;
      }
    },
    finish() {
      const used = new Set(migrations.map(({ name }) => name));
      const passedOver = files.paths
        .filter((path) => !used.has(path))
        .map((path) => ({ path, reason: reasons.get(path) ?? getReason(path) }));
      const others = passedOver
        .filter(({ path, reason }) => reason === 'code-step' && !codeSteps.some(({ name }) => name === path))
        .map(({ path }) => getPlaceByName(path, migrations))
        .sort((a, b) => compareNaturally(a.name, b.name));
      const placed = [...codeSteps, ...others].sort((a, b) => a.before - b.before);
      return { migrations, codeSteps: placed, passedOver, problems, missing, findings };
    },
  };
  const getReason = (path: string): PassedOverReason => {
    const reason = getPassedOverReason(path, isTopLevelOnly);
    return reason === 'not-a-migration-name' && files.isOtherDialect(path) ? 'other-dialect' : reason;
  };
  return draft;
}
