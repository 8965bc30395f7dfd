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

/**
 * Sends one message of the simple protocol, and to each COPY … FROM STDIN in it the next of the texts. An error carries
 * `completed`: how many of the statements had ended. `onEnd` is called at once when the server has ended the message,
 * before it is heard of the next one that may be on its way.
 */
export function runWithRows(
  client: Pick<pg.ClientBase, 'query'>,
  sql: string,
  rows: readonly string[],
  onEnd: () => void,
): Promise<unknown> {
  let next = 0;
  let completed = 0;
  return new Promise((resolve, reject) => {
    const query = new Query(sql, (error, results) => {
      onEnd();
      if (error === null) resolve(results);
      else reject(Object.assign(error, { completed }));
    });
    const { handleCommandComplete } = query as unknown as {
      handleCommandComplete: (...args: unknown[]) => void;
    };
    Object.assign(query, {
      // Each query counts its own: the one before may still be running when this one is sent.
      handleCommandComplete: (...args: unknown[]) => {
        completed += 1;
        handleCommandComplete.apply(query, args);
      },
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
