import { posix } from 'node:path';

/**
 * Where psql may find the file of `\i` and `\ir`, as paths relative to the folder. `\ir` is relative to the file that
 * it stands in; `\i` to wherever psql was started, which the script does not tell: in the folder itself, above it,
 * or beside the file. Empty where all of that lies outside of the folder.
 */
export function getIncludePaths(
  name: string,
  from: string,
  isRelative: boolean,
  location: string,
): readonly string[] {
  if (/^(?:[/~]|[A-Za-z]:[\\/])/.test(name)) return [];
  const beside = posix.join(posix.dirname(from), name);
  const paths = isRelative ? [beside] : [posix.normalize(name), ...getBelow(name, location), beside];
  return [...new Set(paths)].filter((path) => path !== '..' && !path.startsWith('../'));
}

/** `db/migrations/x.sql` and `migrations/x.sql` are `x.sql` of the folder `db/migrations`. */
function getBelow(name: string, location: string): string[] {
  const folders = location
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const parts = posix.normalize(name).split('/');
  return folders.flatMap((_, index) => {
    const above = folders.slice(index);
    return above.every((part, at) => part === parts[at]) ? [parts.slice(above.length).join('/')] : [];
  });
}
