import type { Session } from '../../../src/postgres/session.js';
import type { Database } from './database.js';
import { APP, type Produced, type Scenario, scenario } from './scenario.js';

const TARGET = 'app@service postgres in shop/action_history';
const AS_APP = { options: { user: APP.user }, env: { PGPASSWORD: APP.password } };
/** What holds up the end of a recovery until there is a file /tmp/go. */
const HELD_UP = `alter system set restore_command = 'until test -e /tmp/go; do sleep 0.1; done; false'`;
const getStateLog = (words: string): readonly string[] => [`FATAL:  the database system is ${words}`];

/** Holds up a recovery, and lets it go on afterwards. */
async function holdUp(database: Database): Promise<Produced> {
  return {
    ...AS_APP,
    undo: async () => {
      await database.shell('touch /tmp/go');
      await database.waitUntilUp();
    },
  };
}

/** A server that takes no more sessions for a while. */
export const STATES: readonly Scenario[] = [
  scenario({
    name: 'The server has no connection left',
    code: 'CONNECTIONS_EXHAUSTED',
    rung: 'login',
    waited: true,
    args: {
      target: TARGET,
      reason: 'remaining connection slots are reserved for roles with the SUPERUSER attribute',
      waitedMs: 0,
    },
    loose: { reason: /./, waitedMs: /^\d+$/ },
    produce: async ({ getDatabase }) => {
      const database = await getDatabase();
      const sessions: Session[] = [];
      const isFull = async (): Promise<boolean> => {
        const opened = await database.open(APP).catch(() => null);
        if (opened !== null) sessions.push(opened);
        return opened === null;
      };
      while (!(await isFull()));
      return { ...AS_APP, undo: () => Promise.all(sessions.map((session) => session.close())) };
    },
  }),
  scenario({
    name: 'The server is starting up',
    code: 'POSTGRES_NOT_READY',
    rung: 'login',
    waited: true,
    args: { target: TARGET, reason: 'the database system is starting up (SQLSTATE 57P03)', waitedMs: 0 },
    loose: { waitedMs: /^\d+$/ },
    evidence: getStateLog('starting up'),
    evidenceLike: /starting up/,
    produce: async ({ getDatabase }) => {
      const database = await getDatabase();
      await database.run(HELD_UP);
      await database.shell('rm -f /tmp/go; touch recovery.signal');
      await database.restart();
      await database.waitUntilRefused('57P03');
      return await holdUp(database);
    },
  }),
  scenario({
    name: 'The server is in recovery after a crash',
    code: 'POSTGRES_NOT_READY',
    rung: 'login',
    waited: true,
    args: {
      target: TARGET,
      reason: 'the database system is in recovery mode (SQLSTATE 57P03)',
      waitedMs: 0,
    },
    loose: { waitedMs: /^\d+$/ },
    evidence: getStateLog('in recovery mode'),
    evidenceLike: /in recovery mode/,
    produce: async ({ getDatabase }) => {
      const database = await getDatabase();
      await database.run(HELD_UP);
      await database.configure({});
      const [writer] = await database.run(
        `select pid from pg_stat_activity where backend_type = 'walwriter'`,
      );
      await database.shell(`rm -f /tmp/go; touch recovery.signal; kill -KILL ${writer!['pid']}`);
      await database.waitUntilRefused('57P03');
      return await holdUp(database);
    },
  }),
  scenario({
    name: 'The server is shutting down',
    code: 'POSTGRES_NOT_READY',
    rung: 'login',
    waited: true,
    args: { target: TARGET, reason: 'the database system is shutting down (SQLSTATE 57P03)', waitedMs: 0 },
    loose: { waitedMs: /^\d+$/ },
    evidence: getStateLog('shutting down'),
    evidenceLike: /shutting down/,
    produce: async ({ getDatabase }) => {
      const database = await getDatabase();
      // Whoever is connected may finish.
      const last = await database.open();
      await database.shell('kill -TERM "$(head -n 1 postmaster.pid)"');
      await database.waitUntilRefused('57P03');
      return {
        ...AS_APP,
        undo: async () => {
          await last.close();
          await database.waitUntilUp();
        },
      };
    },
  }),
];
