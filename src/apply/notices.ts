import type { NoticeListener } from '../postgres/notices.js';
import type { ApplyContext } from './context.js';

// PostgreSQL's answer to our own ROLLBACK after a COMMIT that failed.
const NO_TRANSACTION = '25P01';

/** Tells what the server says while a migration runs. */
export function createNoticeListener({ onEvent }: ApplyContext, migration: string): NoticeListener {
  return ({ severity, code, message }) => {
    if (code !== NO_TRANSACTION) onEvent?.({ type: 'notice', severity, message, migration });
  };
}
