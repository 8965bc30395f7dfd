import { type ErrorArgs, isPlinthError, TableExistsError } from '../errors.js';
import type { CatalogueFacts, ObjectFacts } from '../model/fact.js';
import type { ObjectRef } from '../model/observation.js';
import { readFacts } from '../postgres/catalogue-facts.js';
import type { Session } from '../postgres/session.js';
import { withGivenOwners } from '../verify/compare.js';
import { getDifferences } from '../verify/differences.js';
import { getExpectation } from '../verify/expected.js';
import { getTableRefs } from './adopting.js';
import type { Planner, Watched } from './planning.js';
import { getStatements } from './prepare.js';
import type { Prepared } from './prepared.js';
import { type ScratchServer, withScratchServer, withScratchSession } from './scratch-server.js';

/** Tables with the last migration after which the history had each of them as it is in the target. */
export type OlderStates = ErrorArgs['TABLE_EXISTS']['asOf'] & {};

/** Reads from the target, on a session that is opened for it. */
export type ReadTarget = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

/**
 * Finds out by running the history once more on a scratch server, and comparing after each migration that is about the
 * tables; empty where there is no scratch server, or none of the states fits.
 */
export async function readOlderStates(
  prepared: Prepared,
  watched: Watched,
  tables: readonly string[],
  read: ReadTarget,
): Promise<OlderStates> {
  const wanted = [...getTableRefs(watched, tables)].map(([name, ref]) => getWanted(watched, name, ref));
  const only = wanted.flatMap(({ objects }) => objects);
  if (only.length === 0) return [];
  try {
    const found = await read((session) => readFacts(session, { only }));
    const { options, context } = prepared;
    return await withScratchServer(options, { signal: context.signal, sessions: 1 }, (server) =>
      withScratchSession(server, context.signal, (session) =>
        runAndCompare(prepared, watched, wanted, found, { server, session }),
      ),
    );
  } catch (error) {
    if (isPlinthError(error) && error.code === 'ABORTED') throw error;
    return [];
  }
}

/** An error about tables that are there with what was found out of their states; any other error as it is. */
export async function withOlderStates(
  error: unknown,
  prepared: Prepared,
  planner: Pick<Planner, 'watch'>,
  read: ReadTarget,
): Promise<unknown> {
  if (!isPlinthError(error) || error.code !== 'TABLE_EXISTS') return error;
  const args = error.args as ErrorArgs['TABLE_EXISTS'];
  if ((args.differences ?? []).length === 0) return error;
  const asOf = await readOlderStates(prepared, await planner.watch(), args.tables, read);
  if (asOf.length === 0) return error;
  const told = new TableExistsError('TABLE_EXISTS', { ...args, asOf });
  told.result = error.result;
  return told;
}

interface Wanted {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly objects: readonly Pick<ObjectFacts, 'type' | 'identity'>[];
  readonly stands: ReadonlySet<ObjectRef>;
}

function getWanted({ observation, slicer }: Watched, name: string, ref: ObjectRef): Wanted {
  const stands = slicer.getSlice({ tables: [name], alone: true, declared: [] }).objects;
  const { facts, clocked } = getExpectation(observation, stands);
  const objects = facts.objects.filter(({ identity }) => !clocked.has(identity));
  return { name, ref, stands, objects };
}

async function runAndCompare(
  prepared: Prepared,
  { observation }: Watched,
  wanted: readonly Wanted[],
  found: CatalogueFacts,
  { server, session }: { readonly server: ScratchServer; readonly session: Session },
): Promise<OlderStates> {
  const { history, prelude, options } = prepared;
  const statements = getStatements(prepared, observation);
  const named = statements.flatMap(({ roles, effect }) => [...roles, ...(effect?.soughtRoles ?? [])]);
  for (const role of new Set(named)) await server.createRole(role);
  if (prelude !== null) await session.execute(prelude);
  const states = new Map<string, string>();
  for (const { ordinal, name } of history.migrations) {
    const own = statements.filter(({ migration }) => migration === ordinal);
    await session.execute('reset session authorization; reset all; discard temp');
    if (options.searchPath !== null) await session.execute(`set search_path = ${options.searchPath}`);
    for (const { sql, rows } of own) {
      prepared.context.signal?.throwIfAborted();
      // What fails here failed when the history was watched, too.
      await session.execute(sql, rows === undefined ? [] : [rows]).catch(() => session.execute('rollback'));
    }
    for (const table of wanted) {
      if (!own.some(({ effect }) => effect?.writes.some((object) => table.stands.has(object)))) continue;
      await session.execute('reset session authorization; reset all');
      const facts = withGivenOwners(await readFacts(session, { only: table.objects }));
      if (!facts.objects.some((object) => `${object.identity}`.replaceAll('"', '') === table.name)) continue;
      if ((await getDifferences(facts, found)).length === 0) states.set(table.name, name);
    }
  }
  return [...states].map(([table, migration]) => ({ table, migration }));
}
