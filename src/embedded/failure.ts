/** Why the embedded PostgreSQL cannot do its work; `startEmbedded` turns it into the caller's error. */
export class EmbeddedFailure extends Error {}

/** The words of whatever was thrown. */
export function getReason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
