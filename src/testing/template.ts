import { createHash } from 'node:crypto';
import { PlinthError } from '../errors.js';
import { type ApplyOptions, apply } from '../index.js';
import type { ResolvedTestingOptions } from '../options.js';
import { withLock } from '../postgres/lock.js';
import type { Session } from '../postgres/session.js';
import { getSqlState, INSUFFICIENT_PRIVILEGE } from '../postgres/sqlstate.js';
import {
  type CloneStrategy,
  getFinishTemplateSql,
  getNoteSql,
  getReadTemplateSql,
  getTemplateName,
  getTestDatabaseName,
} from '../postgres/test-databases.js';
import { prepare } from '../run/prepare.js';
import type { Context } from '../run/prepared.js';
import { VERSION } from '../version.js';
import { parseNote, renderNote } from './note.js';
import type { Owner } from './owner.js';
import type { TestServer } from './server.js';

/** A database that nobody is on, with all that a test is to find. */
export interface Template {
  readonly name: string;
  readonly digest: string;
  readonly strategy: CloneStrategy;
  /** Settings of the database, `name=value`. */
  readonly settings: readonly string[];
}

/** What a template is made of, and who makes it. */
export interface TemplateRequest {
  readonly server: TestServer;
  readonly owner: Owner;
  readonly options: ResolvedTestingOptions;
  /** As they were given: what `apply` gets. */
  readonly given: ApplyOptions;
  readonly context: Context;
}

// So that the comment is not written anew by each process of a run.
const USED_MS = 3_600_000;
// Above this, writing every page to the WAL costs more than two checkpoints.
const LARGE = 256 * 2 ** 20;
const DUPLICATE_DATABASE = '42P04';
const STRATEGIES_SINCE = 150_000;

/** What decides on a template: nothing else that the options say changes what is in it. */
export async function readTemplateDigest(request: TemplateRequest, session: Session): Promise<string> {
  const { options, owner, context } = request;
  const { key, history } = await prepare(options, context);
  const { partitions } = options;
  const parts = [
    ...[VERSION, session.serverVersion, owner.user, key, options.set, [...options.tables].sort()],
    ...[options.alone, options.declared, options.history, options.ledger, options.missingRoles],
    // By the day: what now means moves on.
    partitions === null ? null : [partitions.from.slice(0, 10), partitions.to.slice(0, 10)],
    ...[options.withPrelude, options.afterwards, history.format],
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

/**
 * The template of a digest; made where there is none, by one of all who want it. Until it is complete it has another name,
 * which goes with its maker.
 *
 * @throws PlinthError: CREATE_DATABASE_DENIED, LOCK_TIMEOUT, and whatever `apply` throws.
 */
export async function ensureTemplate(request: TemplateRequest, digest: string): Promise<Template> {
  const { owner } = request;
  return (
    (await owner.use((session) => readTemplate(request, session, digest))) ??
    (await makeTemplate(request, digest))
  );
}

async function readTemplate(
  { owner }: Pick<TemplateRequest, 'owner'>,
  session: Session,
  digest: string,
): Promise<Template | null> {
  const name = getTemplateName(digest);
  const [row] = await session.query(getReadTemplateSql(name));
  if (row === undefined) return null;
  const note = parseNote(row['note']);
  if (note !== null && Date.now() - note.at > USED_MS) {
    // Another process may be writing the same.
    await session.execute(getNoteSql(name, renderNote({ ...note, at: Date.now() }))).catch(() => {});
  }
  const isCopied = !owner.fsync || Number(row['size']) > LARGE;
  return {
    name,
    digest,
    settings: (row['settings'] as readonly string[] | null) ?? [],
    strategy: session.serverVersion < STRATEGIES_SINCE ? null : isCopied ? 'file_copy' : 'wal_log',
  };
}

async function makeTemplate(request: TemplateRequest, digest: string): Promise<Template> {
  const { context, options, owner, server } = request;
  const { applicationName } = owner;
  const within = { timeoutMs: options.timeout, signal: context.signal };
  const session = await server.open(null, { ...within, applicationName });
  try {
    const lock = { ...within, schema: `template ${digest}`, onEvent: context.onEvent };
    return await withLock(session, lock, async () => {
      const found = await readTemplate(request, session, digest);
      if (found !== null) return found;
      await fill(request, session, digest);
      return (await readTemplate(request, session, digest))!;
    });
  } finally {
    await session.close();
  }
}

let made = 0;

async function fill(request: TemplateRequest, session: Session, digest: string): Promise<void> {
  const { context, given, owner, server } = request;
  made += 1;
  const making = getTestDatabaseName('making', digest, owner.id, made);
  await session
    .execute(`create database ${making} template template0`)
    .catch((error: unknown) => refuse(request, error));
  try {
    await apply({ ...given, ...server.getApplyTarget(making) } as ApplyOptions, context);
    const note = renderNote({ at: Date.now(), from: [given.migrations].flat().join(', ') });
    for (const sql of getFinishTemplateSql(making, getTemplateName(digest), note)) await session.execute(sql);
  } catch (error) {
    await session.execute(`drop database if exists ${making}`).catch(() => {});
    // By one whose lock is in another database, because it may not enter ours.
    if (getSqlState(error) !== DUPLICATE_DATABASE) throw error;
  }
}

/** Says what is to be done where this user may not create databases; any other error as it is. */
export function refuse({ owner, server }: Pick<TemplateRequest, 'owner' | 'server'>, error: unknown): never {
  if (getSqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
  const args = { target: server.label, user: owner.user, reason: (error as Error).message };
  throw new PlinthError('CREATE_DATABASE_DENIED', args, { cause: error });
}
