import { randomBytes } from 'node:crypto';
import { createStop } from '../apply/stop.js';
import { createLadder, type Ladder } from '../diagnose/ladder.js';
import { climbServer, type ServerRequest } from '../diagnose/server.js';
import { getEmbeddedStatus } from '../embedded/server.js';
import type { PlinthError } from '../errors.js';
import type { Diagnosis as DiagnosisOf } from '../model/diagnosis.js';
import type { ResolvedClusterTarget, ResolvedDatabase } from '../options.js';
import { type ConnectionConfig, isSocket } from '../postgres/config.js';
import { explainAttempt } from '../postgres/connect.js';
import { resolveConnection } from '../postgres/connection.js';
import type { Context } from './prepared.js';

export type Diagnosis = DiagnosisOf<PlinthError>;

type Way = Pick<ServerRequest, 'config' | 'target' | 'place' | 'open' | 'avoid' | 'missing' | 'explain'>;
// A packet that went astray is not waited for longer.
const ATTEMPT_MS = 5_000;

/** Climbs the ladder to the target, rung by rung, and on past what fails where that makes sense. Changes nothing. */
export async function diagnoseTarget(options: ResolvedDatabase, context: Context): Promise<Diagnosis> {
  const { cluster, embedded, ledger, timeout } = options;
  const ladder = createLadder(cluster !== null ? 'cluster' : embedded !== null ? 'embedded' : 'url');
  const stop = createStop(timeout, context.signal);
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), timeout);
  const signal = AbortSignal.any([ending.signal, ...(context.signal === undefined ? [] : [context.signal])]);
  try {
    const way =
      cluster !== null
        ? await findInCluster(ladder, cluster, signal)
        : embedded !== null
          ? await findEmbedded(ladder, embedded)
          : await findByUrl(ladder, options.url ?? '');
    const applicationName = `plinth/doctor/${randomBytes(4).toString('hex')}`;
    if (way !== null) {
      const attemptMs = Math.min(ATTEMPT_MS, timeout / 2);
      await climbServer(ladder, { ...way, ledger, applicationName, attemptMs, signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const late = stop.createError('looking for what is in the way', error);
    if (stop.reason === 'aborted') throw late;
    ladder.failNext(late);
  } finally {
    clearTimeout(timer);
    stop.dispose();
  }
  return ladder.getDiagnosis();
}

async function findInCluster(
  ladder: Ladder,
  target: ResolvedClusterTarget,
  signal: AbortSignal,
): Promise<Way | null> {
  // Loaded where there is a cluster, and not before.
  const { findClusterWay } = await import('./doctor-cluster.js');
  return await findClusterWay(ladder, target, signal);
}

async function findEmbedded(ladder: Ladder, dir: string): Promise<Way | null> {
  ladder.setTarget(`the embedded server of ${dir}`);
  let url: string | null = null;
  await ladder.ask('embedded', async () => {
    const status = await getEmbeddedStatus(dir);
    if (status.state === 'running') url = status.url;
    return { dir, state: status.state };
  });
  return url === null ? null : createWay(await resolveConnection({ url, env: {} }));
}

async function findByUrl(ladder: Ladder, url: string): Promise<Way | null> {
  ladder.setTarget('the connection');
  let config: ConnectionConfig | null = null;
  await ladder.ask('credentials', async (note) => {
    config = await resolveConnection({ ...(url === '' ? {} : { url }), env: process.env });
    const { user, database, label, password, passwordProblem } = config;
    ladder.setTarget(label);
    if (passwordProblem !== null)
      note({ code: 'PASSWORD_FILE_UNUSED', severity: 'warning', args: { reason: passwordProblem } });
    return {
      user: { value: user, from: null },
      database: { value: database, from: null },
      password: password === null ? null : 'given',
    };
  });
  return config === null ? null : createWay(config);
}

function createWay(config: ConnectionConfig): Way {
  const place = isSocket(config)
    ? `${config.host}/.s.PGSQL.${config.port}`
    : `${config.address ?? config.host}:${config.port}`;
  return {
    config,
    target: config.label,
    place,
    open: undefined,
    avoid: () => false,
    missing: null,
    explain: (error, given) => explainAttempt(error, config, given, undefined),
  };
}
