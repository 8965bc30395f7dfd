import type { ClusterObject } from '../cluster/kinds.js';
import { getPackedBytes, MAX_BYTES } from '../cluster/manifest/folder.js';
import { createJobObjects } from '../cluster/manifest/job.js';
import type { Consumer, ManifestRequest, PackedFolder } from '../cluster/manifest/request.js';
import { withTemplateEscapes } from '../cluster/manifest/style.js';
import { createWaitObjects } from '../cluster/manifest/wait.js';
import { PlinthError } from '../errors.js';
import type { ToolLedgerName } from '../model/tool-ledger.js';
import type { ResolvedHistoryOptions, ResolvedManifestOptions } from '../options.js';
import { createSlicer } from '../slice/slice.js';
import { checkProof } from './checking.js';
import { getHistoryWords, getWord, renderTime } from './history-words.js';
import { packFolder } from './pack-folder.js';
import { getObservation, prepare } from './prepare.js';
import type { Context } from './prepared.js';

/** Objects for a cluster, as values and as YAML. */
export interface Manifest {
  readonly objects: readonly ClusterObject[];
  readonly yaml: string;
}

/**
 * What applies or waits in a cluster. Nothing is asked of one.
 *
 * @throws LOCK_FILE_MISSING, PROOF_STALE, TABLE_UNKNOWN where tables are chosen; MANIFEST_TOO_LARGE
 */
export async function createObjects(options: ResolvedManifestOptions, context: Context): Promise<Manifest> {
  // What is waited for is compared with what was watched, be it the whole history.
  if (options.tables.length > 0 || options.consumer !== null) await ensureProof(options, context);
  const folder = await packFolder(options);
  ensureFits(options, folder);
  const request: ManifestRequest = {
    ...options,
    folder,
    ttl: Math.ceil(options.ttl / 1000),
    words: getWords(options, folder),
  };
  const { consumer, namespace, serviceAccount, style } = options;
  const made =
    consumer === null
      ? createJobObjects(request)
      : createWaitObjects(request, consumer as Consumer, serviceAccount);
  const isTemplate = style === 'helm' || namespace.includes('{{');
  const objects = isTemplate ? made.map((object) => withTemplateEscapes(object, namespace)) : made;
  const { renderYaml } = await import('../cluster/kubernetes-client.js');
  const render = (object: ClusterObject): string => renderYaml(object, { lineWidth: -1, noRefs: true });
  return { objects, yaml: objects.map(render).join('---\n') };
}

/** A folder that is in no image of its own must fit into a ConfigMap. */
export function ensureFits(
  {
    migrations,
    migrationsImage,
    migrationsInImage,
  }: Pick<ResolvedManifestOptions, 'migrations' | 'migrationsImage' | 'migrationsInImage'>,
  folder: PackedFolder,
): void {
  const bytes = getPackedBytes(folder);
  if (migrationsImage === null && !migrationsInImage && bytes > MAX_BYTES)
    throw new PlinthError('MANIFEST_TOO_LARGE', { folder: migrations.join(', '), bytes });
}

// The image has no PostgreSQL to watch a history on.
export async function ensureProof(options: ResolvedHistoryOptions, context: Context): Promise<void> {
  await checkProof(options, context);
  const { tables, alone, declared } = options;
  if (tables.length === 0) return;
  const prepared = await prepare(options, {});
  createSlicer(await getObservation(prepared)).getSlice({ tables, alone, declared: declared ?? [] });
}

/** The command line inside of the cluster, after the command. */
function getWords(options: ResolvedManifestOptions, folder: PackedFolder): string[] {
  const { consumer, ledger, service, timeout } = options;
  return [
    ...getHistoryWords(options, folder),
    ...getDatabaseWords(options),
    ...(consumer === null ? getJobWords(options) : []),
    ...['--service', service],
    ...getWord('--ledger', ledger === 'plinth' ? null : ledger),
    ...['--timeout', renderTime(timeout)],
  ];
}

// A URL is in the environment, as DATABASE_URL.
function getDatabaseWords(options: ResolvedManifestOptions): string[] {
  const { database, namespace, port, postgresService, urlSecret, user } = options;
  if (urlSecret !== null) return [];
  return [
    ...['--namespace', namespace, '--postgres-service', postgresService],
    ...getWord('--port', port),
    ...getWord('--user', user),
    ...getWord('--database', database),
  ];
}

function getJobWords(options: ResolvedManifestOptions): string[] {
  const { allowChanged, allowOutOfOrder, missingRoles, trustLedger, verify, withPrelude, writeLedger } =
    options;
  return [
    ...getWord('--missing-roles', missingRoles === 'fail' ? null : missingRoles),
    ...(withPrelude ? ['--with-prelude'] : []),
    ...(verify ? [] : ['--no-verify']),
    ...(allowChanged ? ['--allow-changed'] : []),
    ...(allowOutOfOrder ? ['--allow-out-of-order'] : []),
    ...getWord('--trust-ledger', trustLedger && renderToolLedger(trustLedger)),
    ...getWord('--write-ledger', writeLedger && renderToolLedger(writeLedger)),
  ];
}

// As the command line takes it.
const renderToolLedger = ({ tool, schema, table }: ToolLedgerName): string =>
  table === null ? tool : `${tool}=${schema === null ? '' : `${schema}.`}${table}`;
