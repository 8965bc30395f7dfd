import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Image, writeImageArchive } from '../image/archive.js';
import { getControllerImage, getControllerTag } from '../image/controller.js';
import { getPlinthImage, getPlinthTag } from '../image/plinth.js';
import { getClusterFolder, removeOldFiles } from './folder.js';
import { loadArchive } from './load.js';
import { withClusterLock } from './lock.js';

/** Brings the image of the example's controller into the cluster for tests, made where it is not yet; returns its name. */
export async function ensureControllerImage(root: string): Promise<string> {
  const name = `localhost/plinth/remediation-orchestrator:${getControllerTag(root)}`;
  return await ensureImage(getControllerImage(root, name));
}

/** Brings the image of Plinth as it is built into the cluster for tests; returns its name. */
export async function ensurePlinthImage(root: string): Promise<string> {
  return await ensureImage(getPlinthImage(root, `localhost/plinth:${getPlinthTag(root)}`));
}

async function ensureImage(image: Image): Promise<string> {
  const folder = getClusterFolder();
  const archives = join(folder, 'made-images');
  mkdirSync(archives, { recursive: true });
  const path = join(archives, `${image.name.replace(/[^\w.-]/g, '-')}.tar`);
  await withClusterLock(
    folder,
    () => {},
    async () => {
      if (!existsSync(path)) {
        writeImageArchive(path, [image]);
        removeOldFiles(archives);
      }
      await loadArchive(folder, path, [image.name]);
    },
  );
  return image.name;
}
