import { createMigrationError } from '../apply/failure.js';
import { createMessage, getFailedPart } from '../apply/message.js';
import { PlinthError } from '../errors.js';
import type { ApplyOptions } from '../index.js';
import { EMPTY_LEDGER } from '../model/ledger.js';
import { renderPlace } from '../model/place.js';
import type { Plan, PlannedMigration, Step } from '../model/plan.js';
import type { ResolvedTestingOptions } from '../options.js';
import type { Session } from '../postgres/session.js';
import { isServerError } from '../postgres/sqlstate.js';
import { getMadeOutsideSql } from '../postgres/test-schemas.js';
import { findFailurePlaces } from '../run/failure-places.js';
import { createPlanner } from '../run/planning.js';
import { prepare } from '../run/prepare.js';
import type { Context, Prepared } from '../run/prepared.js';
import { getMentions } from '../sql/mentions.js';
import { parseHistory } from '../sql/statements.js';

/** What each schema gets. */
export interface SchemaPlan {
  readonly prepared: Prepared;
  readonly plan: Plan;
}

// What is in no schema, or is the whole database's: of it there can be but one.
const SHARED: ReadonlySet<string> = new Set(
  (
    'CreateExtensionStmt CreateSchemaStmt CreateRoleStmt AlterRoleStmt AlterRoleSetStmt DropRoleStmt GrantRoleStmt ' +
    'CreateEventTrigStmt CreatePublicationStmt CreateSubscriptionStmt CreateFdwStmt CreateForeignServerStmt ' +
    'CreateUserMappingStmt CreatePLangStmt CreateCastStmt CreateTransformStmt CreateAmStmt CreateTableSpaceStmt ' +
    'CreatedbStmt AlterDatabaseStmt AlterDatabaseSetStmt AlterSystemStmt AlterDefaultPrivilegesStmt'
  ).split(' '),
);
const OWN_SCHEMAS: ReadonlySet<string> = new Set(['pg_catalog', 'information_schema', 'pg_temp']);

/** Plans for an empty schema, and finds all that cannot be in one. */
export async function prepareForSchemas(
  options: ResolvedTestingOptions,
  given: ApplyOptions,
  context: Context,
): Promise<SchemaPlan> {
  const prepared = await prepare(options, context);
  const planner = await createPlanner(prepared, options);
  const plan = await planner.getPlan(EMPTY_LEDGER, async () => null);
  const problems = await findProblems(prepared, plan);
  for (const name of ['searchPath', 'prelude', 'afterwards'] as const) {
    if (given[name] !== undefined) problems.push(`the option ${name}`);
  }
  if (problems.length > 0) throw new PlinthError('SCHEMA_ISOLATION_IMPOSSIBLE', { problems });
  return { prepared, plan };
}

async function findProblems({ history }: Prepared, plan: Plan): Promise<string[]> {
  const steps = plan.migrations.flatMap((migration) => migration.steps);
  const statements = new Map(
    (await parseHistory(history)).map((each) => [`${each.migration} ${each.index}`, each]),
  );
  return steps.flatMap((step) => {
    const statement = statements.get(`${step.migration} ${step.index}`);
    if (statement === undefined) return [];
    if (SHARED.has(statement.kind)) return [`${renderPlace(step)}: it makes or changes what is in no schema`];
    if (step.outside && step.concurrently?.does !== 'create')
      return [`${renderPlace(step)}: it runs outside of a transaction`];
    const isPath = statement.kind === 'VariableSetStmt' && statement.node['name'] === 'search_path';
    if (isPath) return [`${renderPlace(step)}: it sets search_path`];
    const schemas = getMentions(statement).schemas.filter((name) => !OWN_SCHEMAS.has(name));
    return schemas.length === 0 ? [] : [`${renderPlace(step)}: it names the schema ${schemas.join(', ')}`];
  });
}

/** Makes a schema with all that the plan says: whole, or not at all. */
export async function fillSchema(
  session: Session,
  name: string,
  { plan, prepared }: SchemaPlan,
  target: string,
): Promise<void> {
  await session.execute(`create schema ${name}`).catch((error: unknown) => refuse(error, target));
  try {
    for (const migration of plan.migrations) await runMigration(session, name, migration, prepared, target);
  } catch (error) {
    await session.execute('rollback').catch(() => {});
    await session.execute(`drop schema ${name} cascade`).catch(() => {});
    throw error;
  }
}

async function runMigration(
  session: Session,
  name: string,
  migration: PlannedMigration,
  { history }: Prepared,
  target: string,
): Promise<void> {
  const before = { sql: `begin; set local search_path = ${name}`, step: null };
  const message = createMessage([before, ...migration.steps.map((step) => ({ sql: getSql(step), step }))]);
  try {
    await session.execute(message.text, message.rows);
  } catch (error) {
    if (!isServerError(error)) throw error;
    // BEGIN and SET are two.
    const completed = Math.max(0, (error.completed ?? 0) - 1);
    const failed = getFailedPart(message, { position: error.position, completed });
    const context = {
      target,
      findPlaces: (step: Step, failure: Parameters<typeof findFailurePlaces>[2]) =>
        findFailurePlaces(history, step, failure),
    };
    const at = { step: failed?.part.step ?? null, offset: failed?.offset ?? null };
    throw await createMigrationError(context, migration, at, error);
  }
  const outside = await session.query(getMadeOutsideSql(name));
  if (outside.length > 0) {
    const made = outside.map((row) => `${migration.name}: it makes ${row['identity']}`);
    throw new PlinthError('SCHEMA_ISOLATION_IMPOSSIBLE', { problems: made });
  }
  await session.execute('commit; reset all');
}

// In a new schema every table is empty, and nobody reads it: a plain index is the same.
function getSql({ concurrently, sql }: Step): string {
  return concurrently === undefined ? sql : sql.slice(0, concurrently.start) + sql.slice(concurrently.end);
}

function refuse(error: unknown, target: string): never {
  if (!isServerError(error) || error.code !== '42501') throw error;
  const what = `create schemas at ${target}`;
  throw new PlinthError(
    'PERMISSION_DENIED',
    { what, user: 'of the target', reason: error.message },
    { cause: error },
  );
}
