import type { UnlockResult } from '../model/unlock.js';
import { renderLine } from './ndjson.js';
import { redact } from './redact.js';
import { renderLock } from './status-text.js';
import { PLAIN, type Style } from './style.js';

/** What became of a lock, and where it is held what ends its holder. */
export function renderUnlock(result: UnlockResult, program: string, style: Style = PLAIN): string {
  return redact(getLines(result, program, style).join('\n'));
}

function getLines(
  { outcome, holder, lock, sql, psql }: UnlockResult,
  program: string,
  style: Style,
): string[] {
  if (holder === null) return ['Nobody holds the lock: there is nothing to unlock.'];
  const name = holder.applicationName === '' ? 'The session' : holder.applicationName;
  if (outcome === 'ended') {
    return [
      `Ended ${name} (pid ${holder.pid}): what it had not committed is rolled back, and the ledger tells the rest.`,
      ...(lock.holder === null
        ? ['The lock is free.']
        : ['The lock has gone on:', ...indent(renderLock(lock, style))]),
    ];
  }
  return [
    style.strong('The lock is'),
    ...indent(renderLock(lock, style)),
    '',
    'To end that session (what it has not committed is rolled back):',
    `  ${program} unlock --yes --pid ${holder.pid}`,
    ...(sql === null ? [] : [`  ${sql}`]),
    ...(psql === null ? [] : [`  ${psql}`]),
  ];
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** What `unlock --json` prints. */
export function renderUnlockJson(result: UnlockResult): string {
  const {
    format: _,
    type: __,
    ...rest
  } = JSON.parse(renderLine({ type: 'unlock', ...result })) as Record<string, unknown>;
  return JSON.stringify({ format: 'plinth-unlock/1', ...rest }, null, 2);
}
