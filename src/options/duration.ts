import { DURATION } from './shapes.js';

// setTimeout fires at once above this.
const MAX_TIMEOUT_MS = 2_147_483_647;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `30s`, `500ms`, `2m`, `1h` or a number of milliseconds; null where it is none. */
export function parseDuration(value: unknown): number | null {
  if (typeof value === 'number') return isBudget(value) ? value : null;
  const match = typeof value === 'string' ? DURATION[0].exec(value.trim()) : null;
  if (match === null) return null;
  const ms = Math.round(Number(match[1]) * UNIT_MS[match[2]!]!);
  return isBudget(ms) ? ms : null;
}

const isBudget = (ms: number): boolean => Number.isFinite(ms) && ms > 0 && ms <= MAX_TIMEOUT_MS;
