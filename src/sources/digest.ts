import { createHash } from 'node:crypto';
import type { Format, Migration } from '../model/history.js';

/** SHA-256 over format, names, contents and substitutions: equal digest, equal history, without parsing. */
export function createDigest(format: Format, migrations: readonly Migration[]): string {
  const parts = migrations.map(
    ({ id, name, text, included, regions, substitutions, transaction, contentDigest }) => [
      id,
      name,
      text,
      regions.map(({ start, end, rows }) => [
        start,
        end,
        ...(rows === undefined ? [] : [rows.start, rows.end]),
      ]),
      substitutions.map(({ start, end, text: value }) => [start, end, value]),
      transaction,
      ...(included === undefined ? [] : [included.map(({ name: file, start }) => [file, start])]),
      ...(contentDigest === undefined ? [] : ['repeatable']),
    ],
  );
  return createHash('sha256')
    .update(JSON.stringify([format, parts]))
    .digest('hex');
}
