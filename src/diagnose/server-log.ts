import type { Api } from '../cluster/api.js';
import { ApiError } from '../cluster/api.js';
import { ASKS } from '../cluster/asks.js';
import { type Endpoint, getContainers } from '../cluster/endpoints.js';
import { type PlinthError, PostgresNotReadyError } from '../errors.js';

const LINES = 3;
// What the client is told and not why stands in the log; the kubelet has a line a moment after the server wrote it.
const LOOKS = 3;
const PAUSE_MS = 150;

/** The error with the last words of the server's log as evidence, where the server tells its log more than its client. */
export async function withServerLog(
  api: Api,
  { pod, port }: Endpoint,
  error: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof PostgresNotReadyError) || error.findings[0]?.evidence !== undefined) return error;
  const failed = error as PlinthError;
  if (failed.code !== 'AUTHENTICATION_FAILED' && failed.code !== 'POSTGRES_NOT_READY') return error;
  const { namespace = 'default', name } = pod.metadata;
  const containers = getContainers(pod);
  const container =
    containers.find(({ ports = [] }) => ports.some(({ containerPort }) => containerPort === port)) ??
    containers[0]!;
  const ask = ASKS.logs(namespace, name, container.name, false);
  const user = 'user' in failed.args ? `"${failed.args.user}"` : '';
  let lines: readonly string[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const text = await api.readText(ask, signal).catch((thrown: unknown) => {
      if (thrown instanceof ApiError) return null;
      throw thrown;
    });
    if (text === null) return error;
    lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.some((line) => line.includes(user))) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  if (lines.length === 0) return error;
  const from = Math.max(
    0,
    lines.findLastIndex((line) => user !== '' && line.includes(user)),
    user === '' ? lines.length - LINES : 0,
  );
  const evidence = lines.slice(from, from + LINES).map((line) => line.slice(0, 300));
  const [known] = failed.findings;
  const finding = known ?? {
    code: failed.code,
    severity: 'error' as const,
    args: failed.args as unknown as Readonly<Record<string, unknown>>,
  };
  return new PostgresNotReadyError(failed.code, failed.args as never, {
    findings: [{ ...finding, evidence }],
    cause: failed.cause,
  });
}
