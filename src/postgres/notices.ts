export interface ServerNotice {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
}

export type NoticeListener = (notice: ServerNotice) => void;

/** Who is told what the server says. */
export interface Notices {
  /** Takes the notices of the next message, in place of those who listen to all; returns what is called at its end. */
  begin(onNotice: NoticeListener | undefined): () => void;
  /** Whether the server has ended all messages. */
  readonly isIdle: boolean;
  /** Returns what takes the listener off again. */
  listen(listener: NoticeListener): () => void;
}

/** As the driver tells it. */
type Told = { readonly [K in keyof ServerNotice]?: string | undefined };

/** Gives each notice to the message that the server has in hand; several may be on their way. */
export function createNotices(subscribe: (listener: (told: Told) => void) => void): Notices {
  // In the order in which they were sent.
  const own: (NoticeListener | undefined)[] = [];
  const all = new Set<NoticeListener>();
  subscribe(({ severity = 'NOTICE', code = '00000', message = '' }) => {
    const notice = { severity, code, message };
    if (own[0] !== undefined) own[0](notice);
    else for (const listener of all) listener(notice);
  });
  return {
    begin(onNotice) {
      own.push(onNotice);
      return () => void own.shift();
    },
    get isIdle() {
      return own.length === 0;
    },
    listen(listener) {
      all.add(listener);
      return () => void all.delete(listener);
    },
  };
}
