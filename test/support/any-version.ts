import { startEmbedded } from '../../src/embedded/server.js';

/** As much of a server as tests of any version need. */
export interface AnyVersion {
  /** For a superuser, with the database `postgres`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The server that `npm run versions` names (PLINTH_TEST_URL), else an embedded one. */
export async function startAnyVersion(): Promise<AnyVersion> {
  const url = process.env['PLINTH_TEST_URL'];
  return url === undefined ? await startEmbedded({}) : { url, stop: async () => undefined };
}
