import pg from 'pg';

// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}
type Callback = (error: Error | null, results: unknown) => void;
const Query = pg.Query as unknown as new (text: string, callback: Callback) => pg.Query;

// The server takes messages of up to a gigabyte.
const CHUNK = 1 << 20;

/** Sends one message of the simple protocol, and to each COPY … FROM STDIN in it the next of the texts. */
export function runWithRows(
  client: Pick<pg.ClientBase, 'query'>,
  sql: string,
  rows: readonly string[],
): Promise<unknown> {
  let next = 0;
  return new Promise((resolve, reject) => {
    const query = new Query(sql, (error, results) => (error === null ? resolve(results) : reject(error)));
    Object.assign(query, {
      handleCopyInResponse: (connection: CopyConnection) => {
        const text = rows[next];
        next += 1;
        if (text === undefined) connection.sendCopyFail('no rows stand behind this COPY … FROM STDIN');
        else sendRows(connection, text);
      },
    });
    client.query(query as never);
  });
}

function sendRows(connection: CopyConnection, text: string): void {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + CHUNK, text.length);
    // Never between the halves of a surrogate pair.
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!)) end -= 1;
    connection.sendCopyFromChunk(Buffer.from(text.slice(start, end)));
    start = end;
  }
  connection.endCopyFrom();
}
