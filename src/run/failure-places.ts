import type { Failure, FailurePlaces } from '../model/failure.js';
import type { SourcePlace } from '../model/finding.js';
import type { History, Migration } from '../model/history.js';
import { renderWithoutPasswords } from '../postgres/record-queries.js';
import { expandRegion } from '../sql/expand.js';
import { createPlaces } from '../sql/places.js';
import { createPositions, getSourcePlace } from '../sql/position.js';

/** A statement by its migration and its place in it. */
export interface StatementPlace {
  readonly migration: number;
  readonly index: number;
}

/** The places in the user's files that a failure of a statement points to, without passwords. Loads the parser. */
export async function findFailurePlaces(
  history: Pick<History, 'migrations'>,
  failed: StatementPlace,
  failure: Failure,
): Promise<FailurePlaces> {
  const [{ parseHistory }, { getFailureSpots }] = await Promise.all([
    import('../sql/statements.js'),
    import('../sql/failure-spots.js'),
  ]);
  // What ran did parse; but whatever is amiss here must not hide the failure itself.
  const statements = await parseHistory(history).catch(() => []);
  const statement = statements.find((s) => s.migration === failed.migration && s.index === failed.index);
  if (statement === undefined) return { places: [], built: null };
  const { spots, built } = getFailureSpots(statements, statement, failure);
  return {
    places: spots.map((spot) =>
      createSpotPlace(history.migrations[spot.statement.migration]!, spot.statement, spot),
    ),
    built: built === null ? null : hidePasswords(getSourcePlace('', built.sql, built.offset)),
  };
}

/** The place of an offset in a statement's SQL, whose placeholders are replaced, in the file. */
export function createSpotPlace(
  migration: Pick<Migration, 'name' | 'text' | 'included' | 'substitutions'>,
  span: { readonly start: number; readonly end: number },
  spot: { readonly offset: number; readonly within: string | null },
): SourcePlace {
  const { text, substitutions } = migration;
  const offset = expandRegion(text, span, substitutions).getFileOffset(spot.offset);
  const place = hidePasswords(createPlaces(migration).getSourcePlace(offset));
  return spot.within === null ? place : { ...place, within: spot.within };
}

function hidePasswords(place: SourcePlace): SourcePlace {
  return {
    ...place,
    excerpt: place.excerpt.map(([number, line]) => [number, renderWithoutPasswords(line)] as const),
  };
}

/** A SQL file that is no migration, such as a prelude, as a history of its own. */
export function createFileHistory(name: string, text: string): Pick<History, 'migrations'> {
  const migration = {
    ordinal: 0,
    id: name,
    name,
    text,
    substitutions: [],
    transaction: 'each',
    regions: [{ start: 0, end: text.length }],
  } as const;
  return { migrations: [migration] };
}

/** As much of a server's error as finding its place needs; `position` counts in the whole text that was sent. */
interface SentFailure extends Omit<Failure, 'offset'> {
  readonly position?: string | undefined;
  /** How many statements of the text had ended before. */
  readonly completed?: number;
}

/** The places of a failure of a SQL file that was sent as a whole. */
export async function findFilePlaces(
  name: string,
  text: string,
  { position, completed, ...failure }: SentFailure,
): Promise<FailurePlaces> {
  const file = createFileHistory(name, text);
  const { parseHistory } = await import('../sql/statements.js');
  const statements = await parseHistory(file).catch(() => []);
  const at = position === undefined ? null : createPositions(text).getOffsetOfCharacter(Number(position) - 1);
  // What begins and ends transactions is counted by the server, and is no statement here.
  const counted = TRANSACTION.test(text) ? undefined : statements[completed ?? 0];
  const failed = at === null ? counted : statements.find(({ start, end }) => start <= at && at <= end);
  if (failed !== undefined) {
    const offset = at === null ? null : at - failed.start;
    return findFailurePlaces(file, failed, { ...failure, offset });
  }
  return { places: at === null ? [] : [hidePasswords(getSourcePlace(name, text, at))], built: null };
}

const TRANSACTION =
  /^\s*(?:begin|start\s+transaction|commit)(?:\s+(?:work|transaction|isolation)\b[^;]*)?\s*;/im;
