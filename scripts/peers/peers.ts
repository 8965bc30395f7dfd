import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** How a peer comes onto this machine; each by the client of its own registry. */
export type Source =
  | {
      readonly kind: 'go';
      readonly module: string;
      /** `.`: the driver. */
      readonly program: string;
      readonly tags?: string;
      /** What the driver imports beside the module. */
      readonly requires?: readonly string[];
    }
  | { readonly kind: 'npm'; readonly packages: Readonly<Record<string, string>> }
  | { readonly kind: 'maven'; readonly artifacts: readonly string[] };

/** What runs a migration folder. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Another tool: for tests beside it, and to be measured against. */
export interface Peer {
  readonly name: PeerName;
  /** Pinned. */
  readonly version: string;
  readonly source: Source;
  /** A file of ours that drives a tool which is a library; copied beside it. */
  readonly driver?: string;
  /** The file in its folder that is there once it is installed. */
  readonly file: string;
}

/** One that applies migrations. */
export interface MigrationPeer extends Peer {
  /** Applies all of a migration folder that the database lacks. */
  getMigrate(file: string, database: { readonly url: string; readonly folder: string }): Command;
}

/** Those whose own table Plinth reads and writes. */
export const LEDGER_PEERS = [
  'goose',
  'golang-migrate',
  'dbmate',
  'flyway',
  'drizzle',
  'node-pg-migrate',
] as const;
export const MIGRATION_PEERS = [...LEDGER_PEERS, 'graphile-migrate', 'kysely'] as const;
/** Those that copy databases for tests. */
export const CLONE_PEERS = ['pgtestdb', 'integresql'] as const;
export const PEER_NAMES = [...MIGRATION_PEERS, ...CLONE_PEERS] as const;
export type MigrationPeerName = (typeof MIGRATION_PEERS)[number];
export type ClonePeerName = (typeof CLONE_PEERS)[number];
export type PeerName = MigrationPeerName | ClonePeerName;

const node = process.execPath;
const FLYWAY = '13.12.1';
const PG = '8.23.1';

/** Every peer. */
export const PEERS: Readonly<Record<MigrationPeerName, MigrationPeer> & Record<ClonePeerName, Peer>> = {
  goose: {
    name: 'goose',
    version: '3.30.0',
    source: {
      kind: 'go',
      module: 'github.com/pressly/goose/v3',
      program: 'github.com/pressly/goose/v3/cmd/goose',
      // Drivers of other databases, which take minutes to build.
      tags: 'no_clickhouse no_libsql no_mssql no_mysql no_sqlite3 no_vertica no_ydb no_duckdb no_turso',
    },
    file: 'goose',
    getMigrate: (program, { url, folder }) => ({ program, args: ['-dir', folder, 'postgres', url, 'up'] }),
  },
  'golang-migrate': {
    name: 'golang-migrate',
    version: '4.20.1',
    source: {
      kind: 'go',
      module: 'github.com/golang-migrate/migrate/v4',
      program: 'github.com/golang-migrate/migrate/v4/cmd/migrate',
      tags: 'postgres file',
    },
    file: 'golang-migrate',
    getMigrate: (program, { url, folder }) => ({ program, args: ['-path', folder, '-database', url, 'up'] }),
  },
  dbmate: {
    name: 'dbmate',
    version: '2.28.0',
    source: { kind: 'go', module: 'github.com/amacneil/dbmate/v2', program: '.' },
    driver: 'dbmate.go',
    file: 'dbmate',
    getMigrate: (program, { url, folder }) => ({ program, args: [url, folder] }),
  },
  flyway: {
    name: 'flyway',
    version: FLYWAY,
    source: {
      kind: 'maven',
      artifacts: [
        `org.flywaydb:flyway-core:${FLYWAY}`,
        `org.flywaydb:flyway-database-postgresql:${FLYWAY}`,
        'org.postgresql:postgresql:42.7.8',
      ],
    },
    driver: 'FlywayMigrate.java',
    file: 'FlywayMigrate.class',
    getMigrate: (file, { url, folder }) => ({
      program: 'java',
      args: [
        '-cp',
        `${join(file, '..')}:${join(file, '..', 'lib', '*')}`,
        'FlywayMigrate',
        getJdbcUrl(url),
        folder,
      ],
    }),
  },
  drizzle: {
    name: 'drizzle',
    version: '0.45.4',
    source: { kind: 'npm', packages: { 'drizzle-orm': '0.45.4', pg: PG } },
    driver: 'drizzle-migrate.mjs',
    file: 'drizzle-migrate.mjs',
    getMigrate: (file, { url, folder }) => ({ program: node, args: [file, url, folder] }),
  },
  'node-pg-migrate': {
    name: 'node-pg-migrate',
    version: '9.0.0',
    source: { kind: 'npm', packages: { 'node-pg-migrate': '9.0.0', pg: PG } },
    file: 'node_modules/node-pg-migrate/bin/node-pg-migrate.js',
    getMigrate: (file, { url, folder }) => ({
      program: node,
      args: [file, 'up', '--migrations-dir', folder],
      env: { DATABASE_URL: url },
    }),
  },
  'graphile-migrate': {
    name: 'graphile-migrate',
    version: '1.4.1',
    source: { kind: 'npm', packages: { 'graphile-migrate': '1.4.1', pg: PG } },
    driver: 'graphile-migrate.mjs',
    file: 'graphile-migrate.mjs',
    getMigrate: (file, { url, folder }) => ({ program: node, args: [file, url, folder] }),
  },
  kysely: {
    name: 'kysely',
    // The newest for Node 20.
    version: '0.28.19',
    source: { kind: 'npm', packages: { kysely: '0.28.19', pg: PG } },
    driver: 'kysely-migrate.mjs',
    file: 'kysely-migrate.mjs',
    getMigrate: (file, { url, folder }) => ({ program: node, args: [file, url, folder] }),
  },
  pgtestdb: {
    name: 'pgtestdb',
    version: '0.1.1',
    source: {
      kind: 'go',
      module: 'github.com/peterldowns/pgtestdb',
      program: '.',
      requires: ['github.com/jackc/pgx/v5 v5.7.1'],
    },
    driver: 'pgtestdb.go',
    file: 'pgtestdb',
  },
  integresql: {
    name: 'integresql',
    version: '1.1.0',
    source: {
      kind: 'go',
      module: 'github.com/allaboutapps/integresql',
      program: 'github.com/allaboutapps/integresql/cmd/server',
    },
    file: 'integresql',
  },
};

// The driver of Java takes the user as a parameter.
function getJdbcUrl(given: string): string {
  const url = new URL(given);
  url.searchParams.set('user', decodeURIComponent(url.username));
  if (url.password !== '') url.searchParams.set('password', decodeURIComponent(url.password));
  return `jdbc:postgresql://${url.host}${url.pathname}?${url.searchParams}`;
}

/** Where peers are kept: `PLINTH_PEERS_DIR`, else in the user's cache. */
export function getPeersFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = env['PLINTH_PEERS_DIR'];
  if (given !== undefined && given !== '') return resolve(given);
  return join(envPaths('plinth', { suffix: '' }).cache, 'peers');
}

/** The folder of one version of a peer. */
export const getPeerFolder = (peer: Peer, folder = getPeersFolder()): string =>
  join(folder, `${peer.name}-${peer.version}`);

/** The file that runs a peer; null where it is not installed. */
export function findPeer(peer: Peer, folder = getPeersFolder()): string | null {
  const file = join(getPeerFolder(peer, folder), peer.file);
  return existsSync(file) ? file : null;
}
