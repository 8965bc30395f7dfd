import type { ResolvedFleetOptions } from '../../options.js';
import { FLEET_PROBLEMS as WORDS } from '../../report/fleet-words.js';
import { createClusterTarget } from '../cluster-target.js';
import type { Context } from '../prepared.js';
import type { Problem } from './parse-list.js';
import type { PlacedTarget } from './resolve-entries.js';

const DATABASES = `select datname as name from pg_catalog.pg_database where datallowconn and not datistemplate order by 1`;
// The one that is connected to for asking; it is meant only where it is named.
const MAINTENANCE = 'postgres';
type OfService = Extract<PlacedTarget, { service: string }>;

/** Puts the databases that a server has in the place of a pattern; each server is asked once. */
export async function expandPatterns(
  places: readonly PlacedTarget[],
  options: ResolvedFleetOptions,
  context: Context,
  problems: Problem[],
): Promise<readonly PlacedTarget[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  const read = (place: OfService): Promise<readonly string[]> => {
    const key = JSON.stringify([place.namespace, place.service, place.port, place.user, place.password]);
    const names = known.get(key) ?? readDatabases(place, options, context);
    known.set(key, names);
    return names;
  };
  const expanded: PlacedTarget[] = [];
  for (const place of places) {
    if ('url' in place || !place.database.includes('*')) {
      expanded.push(place);
      continue;
    }
    const { database: pattern, line, namespace, service } = place;
    const found = (await read(place)).filter((name) => isMatch(name, pattern));
    if (found.length === 0) problems.push({ line, message: WORDS.noMatch(pattern, service, namespace) });
    expanded.push(...found.map((database) => ({ ...place, database })));
  }
  return expanded;
}

const isMatch = (name: string, pattern: string): boolean =>
  name !== MAINTENANCE &&
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(name);

async function readDatabases(
  { namespace, password, port, service, user }: OfService,
  { context: kubeContext, kubeconfig, timeout }: ResolvedFleetOptions,
  context: Context,
): Promise<readonly string[]> {
  const cluster = {
    ...{
      kubeconfig,
      context: kubeContext,
      namespace,
      service,
      port: String(port),
      user,
      passwordSecret: password,
    },
    ...{ pod: null, selector: null, database: MAINTENANCE, password: null },
  };
  // What is told of it is not a database's of the fleet.
  const target = await createClusterTarget(cluster, {
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  const session = await target.open({
    applicationName: 'plinth/fleet',
    timeoutMs: timeout,
    signal: context.signal,
  });
  try {
    const rows = await session.query(DATABASES);
    return rows.map(({ name }) => String(name));
  } finally {
    await session.close();
  }
}
