import type { Session } from '../postgres/session.js';
import { getCommentOnSchemaSql, getTestSchemaName } from '../postgres/test-schemas.js';
import type { Base } from './base.js';
import { createDisposable } from './disposable.js';
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
  return createDisposable(base, {
    isolation: 'schema',
    name,
    access,
    own,
    getNoteSql: getCommentOnSchemaSql,
  });
}
