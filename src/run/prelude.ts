import type { Prelude } from '../apply/context.js';
import { createFileHistory, findFailurePlaces } from './failure-places.js';
import type { Prepared } from './prepared.js';

/** The prelude as a run wants it; undefined where there is none. */
export async function preparePrelude({ prelude, options }: Prepared): Promise<Prelude | undefined> {
  if (prelude === null) return undefined;
  const { splitSql } = await import('./watching.js');
  const file = createFileHistory(options.prelude ?? 'prelude', prelude);
  return {
    statements: await splitSql(file),
    findPlaces: (index, failure) => findFailurePlaces(file, { migration: 0, index }, failure),
  };
}
