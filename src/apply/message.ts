import type { Step } from '../model/plan.js';

/** One statement of a message; `step` is null for Plinth's own. */
export interface MessagePart {
  readonly sql: string;
  readonly step: Step | null;
}

/** Several statements as one text for the simple protocol. */
export interface Message {
  readonly text: string;
  /** What its COPY … FROM STDIN get, one after the other. */
  readonly rows: readonly string[];
  readonly parts: readonly MessagePart[];
}

// On a line of its own, because a statement may end in a `--` comment.
const SEPARATOR = '\n;\n';

/** Joins statements to one message: one round trip, whatever their number. */
export function createMessage(parts: readonly MessagePart[]): Message {
  return {
    text: parts.map((part) => part.sql).join(SEPARATOR),
    rows: parts.flatMap(({ step }) => step?.rows ?? []),
    parts,
  };
}

/** What PostgreSQL tells of a failure, as far as finding its place goes. */
export interface FailureSpot {
  /** 1-based, in characters (code points) of the whole message. */
  readonly position?: string | undefined;
  /** How many statements of the message had ended before. */
  readonly completed?: number;
}

/** The statement that failed, and where in it: a UTF-16 offset into the part's `sql`, null where PostgreSQL named none. */
export interface FailedPart {
  readonly part: MessagePart;
  readonly offset: number | null;
}

/**
 * Finds the statement that failed. The count of ended statements decides, the position refines it; only where nothing
 * had ended does the position decide, because a text that does not parse fails as a whole before anything runs.
 */
export function getFailedPart(message: Message, spot: FailureSpot): FailedPart | null {
  const completed = spot.completed ?? 0;
  const at = spot.position === undefined ? null : getUtf16Offset(message.text, Number(spot.position) - 1);
  let start = 0;
  for (const [index, part] of message.parts.entries()) {
    const end = start + part.sql.length;
    const holds = at !== null && at >= start && at <= end;
    if (completed === 0 ? holds || (at === null && index === 0) : index === completed) {
      return { part, offset: holds ? at - start : null };
    }
    start = end + SEPARATOR.length;
  }
  return null;
}

/** The UTF-16 offset of the code point with the given 0-based number. */
export function getUtf16Offset(text: string, codePoints: number): number {
  let offset = 0;
  for (let left = codePoints; left > 0 && offset < text.length; left -= 1) {
    offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  }
  return offset;
}
