import { ClusterFailure } from './failure.js';
import { readRecord } from './folder.js';
import { loadInKind } from './kind.js';
import { loadInOwn } from './own/load.js';

/** Brings the images of an archive into the cluster for tests; one whose images are all there already is not read. */
export async function loadArchive(folder: string, path: string, names: readonly string[]): Promise<void> {
  const record = readRecord(folder);
  if (record === null) throw new ClusterFailure('There is no cluster: npm run cluster:up makes one.');
  if (record.provider === 'own') return loadInOwn(folder, path, names);
  if (record.provider === 'kind') return await loadInKind(path);
  throw new ClusterFailure(
    `Images cannot be brought into a cluster of yours: push ${names.join(', ')} to where it pulls from.`,
  );
}
