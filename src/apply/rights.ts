import type { Step } from '../model/plan.js';
import { getDefaultsSql, getKeepRightsSql, RESTORE_RIGHTS } from '../postgres/rights-queries.js';

/** What runs around a late step so that it gives and gets the rights of its place in the history. */
export function getRightsStatements({ rights = {} }: Step): {
  readonly before: readonly string[];
  readonly after: readonly string[];
} {
  const { before = [], after = [], spared = [] } = rights;
  return {
    before: [
      ...(before.length === 0 ? [] : [getDefaultsSql(before)]),
      ...(spared.length === 0 ? [] : [getKeepRightsSql(spared)]),
    ],
    after: [
      ...(spared.length === 0 ? [] : [RESTORE_RIGHTS]),
      ...(after.length === 0 ? [] : [getDefaultsSql(after)]),
    ],
  };
}
