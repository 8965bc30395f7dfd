import type { Postmaster } from './postmaster.js';

/** What to start. */
export interface EmbeddedOptions {
  /** Where the data stays. Default: a temporary folder, removed by `stop`. */
  readonly dataDir?: string;
  /** A port of 127.0.0.1, or `none` for the unix socket only. Default: `none` for a temporary folder, else a free port. */
  readonly port?: number | 'none';
  /** Settings of the server, by name. Default: none. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server of a `dataDir` stays up when this process ends. Default: false. */
  readonly detached?: boolean;
  readonly signal?: AbortSignal;
}

/** A running PostgreSQL of our own. */
export interface EmbeddedServer {
  /** For the superuser `postgres` and the database `postgres`. */
  readonly url: string;
  /** Empty where it has no unix socket. */
  readonly socketDir: string;
  readonly port: number;
  readonly dataDir: string;
  /** e.g. `18.4` */
  readonly version: string;
  readonly pid: number;
  /** True where it ran already: `stop` leaves it running. */
  readonly foundRunning: boolean;
  /** Stops it, and removes a temporary folder; does nothing for a server that was found running, or a second time. */
  stop(): Promise<void>;
}

/** What is there at a data directory. */
export type EmbeddedStatus =
  | { readonly state: 'absent' }
  | { readonly state: 'stopped' }
  | {
      readonly state: 'running';
      readonly url: string;
      readonly pid: number;
      readonly port: number;
      readonly socketDir: string;
    };

/** The URL of a running server: its port where it listens on one, else its socket. */
export function getServerUrl({ address, port, socketDir }: Postmaster): string {
  return address === ''
    ? `postgresql://postgres@localhost:${port}/postgres?host=${encodeURIComponent(socketDir)}`
    : `postgresql://postgres@127.0.0.1:${port}/postgres`;
}
