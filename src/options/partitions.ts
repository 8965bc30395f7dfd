/** A stretch of time, as ISO 8601 instants: partitions that it touches are wanted. */
export interface PartitionWindow {
  /** Inclusive. */
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
}

const PATTERN = /^(.+?)\.\.(.+)$/;
const OFFSET = /^([+-])(\d{1,4})(hour|day|week|month|year)s?$/;
const DATE = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/;

/** Reads `now..+1month`, `2026-01..2026-07-01`, `-7days..now`; `all` is null, and what is none of these undefined. */
export function parsePartitionWindow(text: string, now: Date): PartitionWindow | null | undefined {
  if (text === 'all') return null;
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const from = parseMoment(match[1]!, now);
  const to = parseMoment(match[2]!, now);
  if (from === null || to === null || from.getTime() > to.getTime()) return undefined;
  return { from: from.toISOString(), to: to.toISOString() };
}

function parseMoment(text: string, now: Date): Date | null {
  if (text === 'now') return now;
  const date = DATE.exec(text);
  if (date !== null) {
    const [, year, month, day = '01'] = date;
    const moment = new Date(`${year}-${month}-${day}T00:00:00Z`);
    return Number.isNaN(moment.getTime()) ? null : moment;
  }
  const offset = OFFSET.exec(text);
  if (offset === null) return null;
  const count = Number(offset[2]) * (offset[1] === '-' ? -1 : 1);
  return addTime(now, count, offset[3]!);
}

function addTime(now: Date, count: number, unit: string): Date {
  const moment = new Date(now);
  const days = moment.getUTCDate();
  switch (unit) {
    case 'hour':
      moment.setUTCHours(moment.getUTCHours() + count);
      return moment;
    case 'day':
    case 'week':
      moment.setUTCDate(days + count * (unit === 'week' ? 7 : 1));
      return moment;
    default: {
      moment.setUTCDate(1);
      moment.setUTCMonth(moment.getUTCMonth() + count * (unit === 'year' ? 12 : 1));
      // The 31st of a month of 30 days is its last.
      const last = new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + 1, 0)).getUTCDate();
      moment.setUTCDate(Math.min(days, last));
      return moment;
    }
  }
}
