import type { ServerNotice } from '../postgres/notices.js';
import { createMessage } from './message.js';
import { createNoticeListener } from './notices.js';
import { getFollowing, getGuard, getParts, type Transaction } from './transaction.js';
import type { Sent, Turn } from './turn.js';

/** Sends a transaction, or gives the one that was sent ahead; then the next one goes ahead, where it may. */
export function sendTransaction(turn: Turn, transaction: Transaction): Sent {
  const { ahead } = turn;
  turn.ahead = null;
  const sent = ahead ?? send(turn, transaction, null);
  const following = turn.stop.reason === null ? getFollowing(turn, transaction) : null;
  if (following !== null) turn.ahead = send(turn, following, transaction);
  return sent;
}

/** Waits until the server has refused what was sent behind a transaction that failed. */
export async function dropAhead(turn: Turn): Promise<void> {
  const { ahead } = turn;
  turn.ahead = null;
  await ahead?.ended;
}

function send(turn: Turn, transaction: Transaction, after: Transaction | null): Sent {
  const guard = after === null ? [] : [getGuard(after)];
  const message = createMessage([...guard, ...getParts(turn, transaction)]);
  const tell = createNoticeListener(turn.context, transaction.migration.name);
  // The server may be heard of it before all has been told of the one before.
  const early: ServerNotice[] = [];
  let isFollowed = false;
  const onNotice = (notice: ServerNotice): void => {
    if (isFollowed) tell(notice);
    else early.push(notice);
  };
  const result = turn.session.execute(message.text, message.rows, onNotice);
  return {
    message,
    ended: result.then(
      () => undefined,
      () => undefined,
    ),
    follow: async () => {
      isFollowed = true;
      for (const notice of early) tell(notice);
      await result;
    },
  };
}
