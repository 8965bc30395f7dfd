import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { createDirectoryFolder, type Folder, type FolderPart, readOptional } from './folder.js';

/**
 * The folder of one location, or several as one whose paths count from their common parent; a location that is given
 * twice, or lies in another one, counts once, as in Flyway.
 */
export function createFolder(locations: readonly string[]): Folder {
  const places = locations.map((location) => ({ location, path: resolve(location) }));
  const apart = places.filter(
    ({ path }, i) =>
      !places.some((other, j) => (other.path === path ? j < i : path.startsWith(other.path + sep))),
  );
  const first = apart[0]!;
  if (apart.length === 1) return createDirectoryFolder(first.location);
  // A single file counts as a folder with that one file in it.
  const homes = apart.map(({ path }) => (/\.sql$/i.test(path) ? dirname(path) : path));
  const parent = getCommonParent(homes);
  const parts = apart.map(({ location }, i): FolderPart => {
    const below = relative(parent, homes[i]!).replaceAll(sep, '/');
    return { folder: createDirectoryFolder(location), prefix: below === '' ? '' : `${below}/` };
  });
  const getPart = (path: string): FolderPart =>
    parts.find((part, i) => part.prefix + basename(apart[i]!.path) === path) ??
    parts
      .filter(({ prefix }) => path.startsWith(prefix))
      .reduce((a, b) => (b.prefix.length > a.prefix.length ? b : a));
  return {
    location: apart.map(({ location }) => location).join(', '),
    parts,
    async list() {
      const lists = await Promise.all(
        parts.map(async ({ folder, prefix }) => (await folder.list()).map((path) => prefix + path)),
      );
      return lists.flat();
    },
    read(path) {
      const { folder, prefix } = getPart(path);
      return folder.read(path.slice(prefix.length));
    },
    readBeside: (name) => readOptional(join(parent, name)),
  };
}

function getCommonParent(paths: readonly string[]): string {
  const segments = paths.map((path) => path.split(sep));
  const first = segments[0]!;
  const shared = first.findIndex((segment, i) => segments.some((other) => other[i] !== segment));
  const common = (shared === -1 ? first : first.slice(0, shared)).join(sep);
  return common === '' || /^[A-Za-z]:$/.test(common) ? common + sep : common;
}
