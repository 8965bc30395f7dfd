import type { Duplex } from 'node:stream';
import { PlinthError } from '../errors.js';
import type { Rung } from '../model/diagnosis.js';
import type { Finding } from '../model/finding.js';
import { type ConnectionConfig, isSocket } from '../postgres/config.js';
import { readDiskRoom } from '../postgres/disk.js';
import { ensureWritable, readFacts, type ServerFacts } from '../postgres/facts.js';
import { ensureMayWrite, ensureVersion } from '../postgres/ledger.js';
import { readLockStatus } from '../postgres/lock-status.js';
import { isSessionLost } from '../postgres/lost.js';
import { ensureNotPooled } from '../postgres/pooler.js';
import { readLedgerVersion, readSchemaGap } from '../postgres/readiness.js';
import { type OpenOptions, openSession, type Session } from '../postgres/session.js';
import { readTlsOffer } from '../postgres/transport.js';
import type { Ladder, Look } from './ladder.js';

/** A server to be asked. */
export interface ServerRequest {
  readonly config: ConnectionConfig;
  /** What messages about its state call it. */
  readonly target: string;
  /** The schema of the ledger. */
  readonly ledger: string;
  /** As people find it: `port 5432 of pod postgres-0`. */
  readonly place: string;
  readonly applicationName: string;
  readonly open: (() => Duplex) | undefined;
  /** Leads elsewhere from now on; false where there is nowhere else. For replicas, of which the primary is meant. */
  readonly avoid: () => boolean;
  /** Null: the login is not asked for, as the rung of this name failed. */
  readonly missing: Rung | null;
  /** What an attempt that failed says. */
  readonly explain: (error: unknown, given: OpenOptions) => Promise<PlinthError>;
  /** For one attempt to connect. */
  readonly attemptMs: number;
  readonly signal: AbortSignal;
}

// What runs are tested with: https://www.postgresql.org/support/versioning/
const OLDEST = 140_000;

/** Climbs from the first byte to what a run needs; begins no transaction that could write. */
export async function climbServer(ladder: Ladder, request: ServerRequest): Promise<void> {
  const { applicationName, attemptMs, avoid, config, explain, missing, open, place, signal } = request;
  const given: OpenOptions = { applicationName, connectTimeoutMs: attemptMs, signal, stream: open };
  const explained = async <T>(attempt: Promise<T>): Promise<T> =>
    await attempt.catch(async (error: unknown) => {
      signal.throwIfAborted();
      throw await explain(error, given);
    });
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]);
  const answer = await ladder.ask('connection', async () => {
    const tls = await explained(readTlsOffer(config, timeout, open));
    return { place, tls: isSocket(config) ? null : tls };
  });
  if (answer === null) {
    // The rung of the rights has said so.
    const isDenied = ladder.getProblem('connection')?.code === 'RIGHT_MISSING';
    if (isDenied && ladder.getProblem('rights') !== null) ladder.leave('connection', 'rights');
    return;
  }
  if (missing !== null) return ladder.leave('login', missing);
  let session: Session | null = null;
  await ladder.ask('login', async () => {
    session = await explained(openSession(config, given));
    while ((await readFacts(session)).standby && avoid()) {
      await session.close();
      session = await explained(openSession(config, given));
    }
    return { user: config.user, database: config.database };
  });
  if (session === null) return;
  const opened: Session = session;
  const drop = (): void => void opened.close();
  signal.addEventListener('abort', drop, { once: true });
  try {
    await askSession(ladder, opened, request, () => explained(openSession(config, given)));
  } finally {
    signal.removeEventListener('abort', drop);
    await opened.close();
  }
}

async function askSession(
  ladder: Ladder,
  session: Session,
  { ledger: schema, signal, target }: ServerRequest,
  connect: () => Promise<Session>,
): Promise<void> {
  /** A look at the session; one that is lost fails the rung, and ends the climb. */
  const ask = async <R extends Rung>(rung: R, look: Look<R>): Promise<boolean> => {
    let isLost = false;
    await ladder.ask(rung, (note) =>
      look(note).catch(async (error: unknown) => {
        signal.throwIfAborted();
        isLost = await isSessionLost(error, session);
        if (!isLost) throw error;
        const reason = (error as Error).message;
        throw new PlinthError('CONNECTION_LOST', { target, reason }, { cause: error });
      }),
    );
    return !isLost;
  };
  let facts: ServerFacts;
  const looks: readonly (() => Promise<boolean>)[] = [
    () =>
      ask('server', async (note) => {
        facts = await readFacts(session);
        const version = session.serverVersionText;
        if (session.serverVersion < OLDEST) note(warn('SERVER_OLD', { version }));
        return { version, started: facts.started };
      }),
    () =>
      ask('writing', async () => {
        await ensureWritable(session, facts, target);
        return { readOnly: false };
      }),
    () =>
      ask('pooling', async () => {
        await ensureNotPooled(session, facts, { target, connect });
        return { pooled: false };
      }),
    () =>
      ask('ledger', async (note) => {
        const version = await readLedgerVersion(session, schema);
        if (version !== null) ensureVersion(schema, version);
        await ensureMayWrite(session, schema);
        const gap = await readSchemaGap(session);
        if (gap !== null) note(warn('SCHEMA_NOT_WRITABLE', gap));
        return { schema, exists: version !== null };
      }),
    () =>
      ask('disk', async () => {
        const bytes = await readDiskRoom(session, target);
        return bytes === null ? 'temp_file_limit lets it write less' : { bytes };
      }),
    () => ask('lock', async () => ({ holder: (await readLockStatus(session, schema)).holder })),
  ];
  for (const look of looks) if (!(await look())) return;
}

const warn = (code: string, args: Readonly<Record<string, unknown>>): Finding => ({
  code,
  severity: 'warning',
  args,
});
