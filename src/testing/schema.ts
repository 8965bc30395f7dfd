import { PlinthError } from '../errors.js';
import type { QueryResult, Session } from '../postgres/session.js';
import { getCommentOnSchemaSql, getTestSchemaName } from '../postgres/test-schemas.js';
import type { Base } from './base.js';
import { renderNote } from './note.js';
import { fillSchema, prepareForSchemas, type SchemaPlan } from './schema-plan.js';
import { createSingle } from './single.js';
import type { TestDatabase } from './test-database.js';

let count = 0;
const plans = new WeakMap<Base, Promise<SchemaPlan>>();

/**
 * A schema of a test's own in the database that the target names, with the slice applied in it.
 *
 * @throws PlinthError: SCHEMA_ISOLATION_IMPOSSIBLE where the history names schemas, or makes what is in none.
 */
export async function createSchema(base: Base): Promise<TestDatabase> {
  const { given, options, owner, server } = base;
  if (!plans.has(base)) plans.set(base, prepareForSchemas(options, given, base.context));
  const plan = await plans.get(base)!;
  count += 1;
  const name = getTestSchemaName(owner.id, count);
  // Not on the owner's session, whose settings are to stay.
  await base.useBackground((session) => fillSchema(session, name, plan, server.label));

  const path = `-c search_path=${name}`;
  const access = await base.getAccess(server.ownDatabase, path);
  const within = { applicationName: `${owner.applicationName}/query`, timeoutMs: options.timeout };
  const open = async (): Promise<Session> => {
    const session = await server.open(server.ownDatabase, within);
    await session.execute(`set search_path = ${name}`);
    return session;
  };
  const own = createSingle(open, { attempts: 1 });
  let isKept = options.keep === 'always';
  let disposing: Promise<void> | null = null;
  const end = async (failed: boolean): Promise<void> => {
    await own.close();
    if (isKept || (failed && options.keep === 'failed')) {
      const note = renderNote({ at: Date.now(), kept: true });
      await owner.use((session) => session.execute(getCommentOnSchemaSql(name, note)));
      base.tell({ code: 'TEST_DATABASE_KEPT', severity: 'info', args: { name, psql: access.psql } });
      return;
    }
    base.startDrop(name);
  };
  const dispose = (outcome: { readonly failed?: boolean } = {}): Promise<void> => {
    disposing ??= end(outcome.failed === true);
    return disposing;
  };
  const schema = {
    isolation: 'schema' as const,
    name,
    psql: access.psql,
    query: (sql: string, values?: readonly unknown[]): Promise<QueryResult> =>
      own.use((session) => session.run(sql, values)),
    keep: () => {
      isKept = true;
    },
    dispose,
    [Symbol.asyncDispose]: () => dispose(),
  };
  return Object.defineProperties(schema, {
    url: {
      get: () => {
        if (access.url !== null) return access.url;
        throw new PlinthError('OPTIONS_INVALID', { problems: ['no URL leads there'] });
      },
    },
    connection: { value: access.connection },
  }) as unknown as TestDatabase;
}
