import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { findFreePort } from '../../../src/embedded/launch.js';
import { type Applier, PLINTH } from '../appliers.js';
import type { Bench, Measure } from '../bench.js';
import { runUntil } from '../processes.js';
import { type Contestant, race } from '../race.js';
import type { Measurement } from '../result.js';

const PATIENCE_MS = 10_000;

/** How long until the cause is told where there is no PostgreSQL to talk to. */
export const unreachable: Measure = {
  name: 'unreachable',
  what: 'the time to the diagnosis of a server that cannot be reached',
  async take(bench) {
    const closed = (await findFreePort(0))!;
    const refused = await takeCause(bench, closed, /refused|ECONNREFUSED/i, {
      id: 'unreachable-closed',
      title: 'Time to the diagnosis: a closed port',
      what: 'From the start of the process until it has written that the connection is refused.',
      rounds: 21,
      isWaiting: false,
    });
    // It takes connections, and says nothing.
    const silent = createServer((socket) => socket.on('error', () => {}));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const { port } = silent.address() as AddressInfo;
      const quiet = await takeCause(bench, port, /time(d)?.?out|no answer|does not answer|not answer/i, {
        id: 'unreachable-silent',
        title: 'Time to the diagnosis: a port that takes connections and never answers',
        what: `From the start of the process until it has written that nothing answers; ${PATIENCE_MS / 1000} s are waited for, by all at once, as they are idle meanwhile.`,
        rounds: 7,
        isWaiting: true,
      });
      return [refused, quiet];
    } finally {
      silent.close();
    }
  },
};

async function takeCause(
  bench: Bench,
  port: number,
  cause: RegExp,
  {
    rounds,
    isWaiting,
    ...words
  }: { id: string; title: string; what: string; rounds: number; isWaiting: boolean },
): Promise<Measurement> {
  const url = `postgresql://postgres@127.0.0.1:${port}/bench?sslmode=disable`;
  const history = bench.folders.getHistory('small');
  const options = { cwd: bench.dir, timeoutMs: PATIENCE_MS };
  const doctor: Contestant = {
    name: 'plinth doctor',
    role: 'plinth',
    take: () =>
      runUntil({ program: process.execPath, args: [PLINTH, 'doctor', '--url', url] }, cause, options),
  };
  const create = (applier: Applier): Contestant => ({
    name: applier.name === 'plinth' ? 'plinth apply' : applier.name,
    role: applier.role,
    take: () =>
      runUntil(applier.getCommand(url, bench.folders.getFolder(history, applier.format)), cause, options),
  });
  const entries = await race([doctor, ...bench.appliers.map(create)], bench.getRounds(rounds), { isWaiting });
  return { ...words, unit: 'ms', entries };
}
