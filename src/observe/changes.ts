import { diffArrays } from 'diff';
import type { History } from '../model/history.js';
import type { Observation } from '../model/observation.js';
import { renderPlace } from '../model/place.js';
import type { ParsedStatement } from '../sql/statements.js';

/** A statement that is not as it was watched: where it stands now, or stood then. */
export interface StatementChange {
  readonly is: 'changed' | 'new' | 'gone';
  readonly place: string;
}

/** How a history's statements differ from those of an observation, by their digests. */
export function getStatementChanges(
  { migrations }: Pick<History, 'migrations'>,
  statements: readonly ParsedStatement[],
  locked: Observation,
): readonly StatementChange[] {
  const changes: StatementChange[] = [];
  const renderNow = ({ migration, file, line }: ParsedStatement): string =>
    renderPlace({ migrationName: migrations[migration]!.name, file, line });
  const renderThen = (at: number): string => {
    const { migration, file, line } = locked.statements[at]!;
    return renderPlace({
      migrationName: locked.migrations?.[migration] ?? `migration ${migration + 1}`,
      file,
      line,
    });
  };
  let [now, then] = [0, 0];
  // Statements that went just before: what comes in their place is a change of them.
  let gone: number[] = [];
  const flush = (): void => {
    for (const at of gone) changes.push({ is: 'gone', place: renderThen(at) });
    gone = [];
  };
  const parts = diffArrays(
    locked.statements.map(({ digest }) => digest),
    statements.map(({ digest }) => digest),
  );
  for (const { removed, added, value } of parts) {
    if (removed) {
      gone = value.map((_, at) => then + at);
      then += value.length;
      continue;
    }
    if (added) {
      for (let at = 0; at < value.length; at += 1) {
        const is = gone.shift() === undefined ? 'new' : 'changed';
        changes.push({ is, place: renderNow(statements[now + at]!) });
      }
    } else then += value.length;
    now += value.length;
    flush();
  }
  flush();
  return changes;
}
