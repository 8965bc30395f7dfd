import type { Region } from '../../model/history.js';

// LoadMigrations and disableTxPattern in migrate/migrate.go.
const MARK = '---- create above / drop below ----';
const NO_TRANSACTION = /^---- tern: disable-tx ----$/m;

/** True where a file has a mark of tern's own. */
export function isTernMarked(text: string): boolean {
  return text.includes(MARK) || NO_TRANSACTION.test(text.replaceAll('\r\n', '\n'));
}

/** What stands before the mark, wherever in a line that is. */
export function getUpPart(text: string): Region {
  const mark = text.indexOf(MARK);
  return { start: 0, end: mark === -1 ? text.length : mark };
}

/** False where the way up has the mark that lets it run without a transaction. */
export function isTransaction(text: string, regions: readonly Region[]): boolean {
  return !regions.some(({ start, end }) =>
    NO_TRANSACTION.test(text.slice(start, end).replaceAll('\r\n', '\n')),
  );
}
