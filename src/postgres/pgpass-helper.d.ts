declare module 'pgpass/lib/helper.js' {
  import type { Readable } from 'node:stream';

  export interface PasswordFor {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
  }
  export function getPassword(
    connection: PasswordFor,
    stream: Readable,
    callback: (password: string | undefined) => void,
  ): void;
}
