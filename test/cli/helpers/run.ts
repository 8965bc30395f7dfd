import { PassThrough } from 'node:stream';
import type { Io, Library } from '../../../src/cli/io.js';
import { runCli } from '../../../src/cli/run-cli.js';
import * as stub from './run-stub.js';

/** What a command line wrote, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Given = Partial<Io> & { library?: Partial<Library> };

/** Runs a command line in this process, on the given library (default: the stub). */
export async function runHere(argv: readonly string[], more: Given = {}): Promise<Outcome> {
  const { io, read } = createIo(more);
  const code = await runCli(argv, io);
  return { code, ...read() };
}

/** The world of a command, and what was written into it. */
export function createIo(more: Given = {}): {
  readonly io: Io;
  readonly read: () => Pick<Outcome, 'stdout' | 'stderr'>;
} {
  const stdout = createSink();
  const stderr = createSink();
  const io: Io = {
    name: 'plinth',
    version: '1.2.3',
    stdout,
    stderr,
    env: {},
    signal: new AbortController().signal,
    load: async () => ({ ...stub, ...more.library }),
    loadKubernaut: () => import('../../../src/kubernaut/options.js'),
    ...more,
  };
  return { io, read: () => ({ stdout: readAll(stdout), stderr: readAll(stderr) }) };
}

type Sink = NodeJS.WriteStream & PassThrough;
const createSink = (): Sink => new PassThrough({ highWaterMark: 1e8 }) as unknown as Sink;
const readAll = (sink: Sink): string => (sink.read() as Buffer | null)?.toString() ?? '';
