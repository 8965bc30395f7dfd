import { createHash } from 'node:crypto';
import type { ClusterObject } from '../kinds.js';
import { getMetadata, type ManifestRequest, type PackedFolder } from './request.js';

// Of all values together: https://kubernetes.io/docs/concepts/configuration/configmap/
export const MAX_BYTES = 1_048_576;
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** How many bytes of a ConfigMap the files take. */
export const getPackedBytes = ({ files }: PackedFolder): number =>
  [...files.values()].reduce((sum, { length }) => sum + length, 0);

/** What the files are, in eight characters. */
export function getFolderDigest({ files }: PackedFolder): string {
  const hash = createHash('sha256');
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content);
  return hash.digest('hex').slice(0, 8);
}

/** True where there is nothing beside the one folder that `--migrations` names, so that an image of it can have it as its root. */
export const isFolderAlone = ({ files, locations }: PackedFolder): boolean =>
  locations.length === 1 && [...files.keys()].every((path) => path.startsWith(`${locations[0]}/`));

/** The ConfigMap of a folder; none where an image has it. */
export const createFolderObjects = (
  request: ManifestRequest,
  name: string,
  more: Readonly<Record<string, unknown>>,
): readonly ClusterObject[] =>
  request.migrationsImage === null && !request.migrationsInImage
    ? [{ ...createFolderObject(request, name), ...more }]
    : [];

/** The ConfigMap of a folder, of which one that is named by its content need not ever change. */
export function createFolderObject(request: ManifestRequest, name: string): ClusterObject {
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const { key, path } of getItems(request.folder)) {
    const content = Buffer.from(request.folder.files.get(path)!);
    const text = content.toString('utf8');
    if (isText(text, content)) data[key] = text;
    else binaryData[key] = content.toString('base64');
  }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: getMetadata(request, name),
    data,
    ...(Object.keys(binaryData).length === 0 ? {} : { binaryData }),
  };
}

/** The volume that holds the folder: the ConfigMap of this name, or an image. */
export function getFolderVolume(
  { folder, migrationsImage }: ManifestRequest,
  name: string,
): Readonly<Record<string, unknown>> {
  return migrationsImage === null
    ? { configMap: { name, items: getItems(folder) } }
    : { image: { reference: migrationsImage, pullPolicy: 'IfNotPresent' } };
}

// Keys hold no slash: the volume puts each file where it belongs.
function getItems({ files }: PackedFolder): readonly { readonly key: string; readonly path: string }[] {
  const paths = [...files.keys()];
  const taken = new Set(paths.filter((path) => KEY.test(path)));
  return paths.map((path, i) => {
    if (KEY.test(path)) return { key: path, path };
    const short = path.replace(/[^-._a-zA-Z0-9]/g, '_').slice(-240);
    const key = taken.has(short) ? `${short}.${i}` : short;
    taken.add(key);
    return { key, path };
  });
}

// A byte order mark would not outlive YAML.
const isText = (text: string, content: Buffer): boolean =>
  !text.startsWith('\uFEFF') && !text.includes('\0') && Buffer.from(text).equals(content);
