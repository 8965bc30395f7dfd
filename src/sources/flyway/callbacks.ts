import type { Finding } from '../../model/finding.js';

/** The events that run while Flyway migrates: what a callback to one of them does is part of the outcome. */
const WHILE_MIGRATING = [
  'beforeMigrate',
  'beforeEachMigrate',
  'beforeEachMigrateStatement',
  'afterEachMigrateStatement',
  'afterEachMigrate',
  'beforeRepeatables',
  'afterVersioned',
  'afterMigrateApplied',
  'afterMigrate',
  'afterMigrateOperationFinish',
  'beforeValidate',
  'afterValidate',
  'createSchema',
  'beforeCreateSchema',
  'afterConnect',
];

/** All events: the prefixes of callbacks' names (Event.java). */
export const FLYWAY_EVENTS: readonly string[] = [
  ...WHILE_MIGRATING,
  ...['Clean', 'Undo', 'Baseline', 'Repair', 'Info'].flatMap((does) => [`before${does}`, `after${does}`]),
  ...['Clean', 'Undo', 'Baseline', 'Repair', 'Info', 'Migrate', 'Validate', 'EachMigrate', 'EachUndo'].map(
    (does) => `after${does}Error`,
  ),
  'beforeEachUndo',
  'afterEachUndo',
  'beforeEachUndoStatement',
  'afterEachUndoStatement',
  'afterEachMigrateStatementError',
  'afterEachUndoStatementError',
  'afterInfoOperationFinish',
  'beforeConnect',
];

/** A callback with SQL in it. */
export interface Callback {
  readonly path: string;
  readonly event: string;
}

/** The warning about callbacks whose doing is missing from the outcome; none where none is. */
export function getCallbackFindings(callbacks: readonly Callback[]): readonly Finding[] {
  const files = callbacks.filter(({ event }) => WHILE_MIGRATING.includes(event)).map(({ path }) => path);
  if (files.length === 0) return [];
  return [{ code: 'CALLBACKS_NOT_RUN', severity: 'warning', args: { files } }];
}
