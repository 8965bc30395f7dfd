import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Image, writeImageArchive } from '../image/archive.js';
import { getControllerImage, getControllerTag } from '../image/controller.js';
import {
  getFolderTag,
  getMigrationsImage,
  getPlinthWithFolderImage,
  readFolder,
} from '../image/migrations.js';
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

/** Brings a migration folder into the cluster for tests: in the image of Plinth, or in one of its own; returns the image's name. */
export async function ensureFolderImage(
  root: string,
  migrations: string,
  where: 'in-plinth' | 'alone',
): Promise<string> {
  const folder = await readFolder({ migrations: [migrations] });
  if (where === 'alone') {
    const name = `localhost/plinth/migrations:${getFolderTag(folder, null)}`;
    return await ensureImage(getMigrationsImage(name, folder));
  }
  const name = `localhost/plinth:${getFolderTag(folder, root)}`;
  return await ensureImage(getPlinthWithFolderImage(root, name, folder));
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
