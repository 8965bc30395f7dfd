import { APP, type ScenarioGroup, scenario } from './scenario.js';

const TARGET = 'service postgres in shop';
const AS_APP = { options: { user: APP.user }, env: { PGPASSWORD: APP.password } };

/** What a run needs of the server that it has reached. */
export const NEEDS: ScenarioGroup = {
  title: 'What a run needs of the server',
  scenarios: [
    scenario({
      name: 'The server is a standby',
      code: 'READ_ONLY',
      rung: 'writing',
      waited: false,
      args: { target: TARGET, standby: true, remedy: null },
      produce: async ({ getDatabase }) => {
        const database = await getDatabase();
        await database.run(`alter system set restore_command = 'false'`);
        await database.shell('touch standby.signal');
        await database.restart();
        await database.waitUntilStandby(true);
        return {
          ...AS_APP,
          undo: async () => {
            await database.run('select pg_promote()');
            await database.waitUntilStandby(false);
          },
        };
      },
    }),
    scenario({
      name: 'Transactions of the database are read-only',
      code: 'READ_ONLY',
      rung: 'writing',
      waited: false,
      args: {
        target: TARGET,
        standby: false,
        remedy: 'begin read write; alter database action_history reset default_transaction_read_only; commit',
      },
      produce: async ({ getDatabase }) => {
        const database = await getDatabase();
        await database.run('alter database action_history set default_transaction_read_only = on');
        return {
          ...AS_APP,
          undo: () =>
            database.run(
              'begin read write; alter database action_history reset default_transaction_read_only; commit',
            ),
        };
      },
    }),
    scenario({
      name: 'A pooler in transaction mode stands in front of the server',
      code: 'POOLER_DETECTED',
      rung: 'pooling',
      waited: false,
      args: { target: 'service pgbouncer in shop', mode: 'transaction' },
      needs: 'pgbouncer',
      produce: async ({ createPooler, getDatabase }) => {
        const { deployed } = await getDatabase();
        await createPooler();
        return {
          options: { postgresService: 'pgbouncer', user: deployed.user, database: deployed.database },
          env: { PGPASSWORD: deployed.password },
        };
      },
    }),
    scenario({
      name: 'The user may not make the ledger',
      code: 'PERMISSION_DENIED',
      rung: 'ledger',
      waited: false,
      args: {
        what: "make the ledger's schema plinth in the database action_history",
        user: 'app',
        reason: 'it lacks the right CREATE on database action_history',
      },
      produce: async ({ getDatabase }) => {
        const database = await getDatabase();
        await database.run('revoke create on database action_history from app');
        return { ...AS_APP, undo: () => database.run('grant create on database action_history to app') };
      },
    }),
    scenario({
      name: 'The disk of the server is full',
      code: 'DISK_FULL',
      rung: 'disk',
      waited: false,
      args: {
        target: TARGET,
        what: 'make the ledger in schema plinth',
        reason: 'could not extend file "base/16384/16402": No space left on device',
      },
      // A run is told so when it makes the ledger, the doctor when it has a temporary file written.
      loose: { what: /ledger|temporary file/, reason: /No space left on device/ },
      produce: async ({ getDatabase }) => {
        const database = await getDatabase();
        await database.shell(
          'dd if=/dev/zero of=../filler bs=64k 2>/dev/null || true; cat /dev/zero >>../filler || true',
        );
        return { ...AS_APP, undo: () => database.shell('rm ../filler') };
      },
    }),
  ],
};
