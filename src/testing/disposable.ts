import { PlinthError } from '../errors.js';
import type { Base } from './base.js';
import { renderNote } from './note.js';
import type { Access } from './server.js';
import type { Single } from './single.js';
import type { TestDatabase } from './test-database.js';

/** A place of a test's own, as the server has it. */
export interface Place {
  readonly isolation: 'database' | 'schema';
  readonly name: string;
  readonly access: Access;
  /** The session on which its `query` runs. */
  readonly own: Single;
  /** What writes a note beside it. */
  readonly getNoteSql: (name: string, note: string) => string;
  /** What is done before it is dropped. Default: nothing. */
  readonly beforeDrop?: () => Promise<void>;
}

/** A test's place as the test has it: kept where that is wanted, else taken away when it is disposed of, once. */
export function createDisposable(base: Base, place: Place): TestDatabase {
  const { options, owner } = base;
  const { access, getNoteSql, isolation, name, own } = place;
  let isKept = options.keep === 'always';
  let disposing: Promise<void> | null = null;

  const end = async (failed: boolean): Promise<void> => {
    await own.close();
    if (isKept || (failed && options.keep === 'failed')) {
      const note = renderNote({ at: Date.now(), kept: true });
      await owner.use((session) => session.execute(getNoteSql(name, note)));
      base.tell({ code: 'TEST_DATABASE_KEPT', severity: 'info', args: { name, psql: access.psql } });
      return;
    }
    await place.beforeDrop?.();
    base.startDrop(name);
  };
  const dispose = (outcome: { readonly failed?: boolean } = {}): Promise<void> => {
    disposing ??= end(outcome.failed === true);
    return disposing;
  };
  const database = {
    isolation,
    name,
    psql: access.psql,
    query: (sql: string, values?: readonly unknown[]) => own.use((session) => session.run(sql, values)),
    keep: () => {
      isKept = true;
    },
    dispose,
    [Symbol.asyncDispose]: () => dispose(),
  };
  // Both may hold a password, and a database may be logged.
  return Object.defineProperties(database, {
    url: { get: () => access.url ?? refuseUrl() },
    connection: { value: access.connection },
  }) as unknown as TestDatabase;
}

function refuseUrl(): never {
  const problem =
    'no URL leads to a database in a cluster: give db.connection to pg, or the option listen: true for a port of this machine';
  throw new PlinthError('OPTIONS_INVALID', { problems: [problem] });
}
