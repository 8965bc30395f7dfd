import type { Database } from './database.js';
import { APP, type ScenarioGroup, scenario } from './scenario.js';
import { STATES } from './states.js';
import type { World } from './world.js';

const TARGET = 'app@service postgres in shop/action_history';
const AS_APP = { options: { user: APP.user }, env: { PGPASSWORD: APP.password } };
/** A server with other lines in pg_hba.conf for everybody but its superuser. */
async function setAccess({ getDatabase }: World, ...access: readonly string[]): Promise<Database> {
  const database = await getDatabase();
  await database.configure({ access });
  return database;
}

/** From the port of a pod to a session. */
export const SERVER: ScenarioGroup = {
  title: 'The way to a session',
  scenarios: [
    scenario({
      name: 'Nothing listens on the port inside of the pod',
      code: 'PORT_CLOSED',
      rung: 'connection',
      waited: true,
      args: { pod: 'postgres-0', port: 6543 },
      evidence: ['… dial tcp4 127.0.0.1:6543: connect: connection refused'],
      evidenceLike: /6543.*refused/,
      produce: async ({ createService, getDatabase }) => {
        await getDatabase();
        await createService('closed', {
          selector: { app: 'postgres' },
          ports: [{ port: 5432, targetPort: 6543 }],
        });
        return { options: { postgresService: 'closed' } };
      },
    }),
    scenario({
      name: 'Something else than PostgreSQL listens there',
      code: 'NOT_POSTGRES',
      rung: 'connection',
      waited: false,
      args: { target: 'postgres@pod greeting in shop/postgres' },
      loose: { target: /pod greeting in shop/ },
      produce: async ({ createBox }) => {
        const command = ['nc', '-ll', '-p', '5432', '-e', 'echo', 'SSH-2.0-OpenSSH_9.9'];
        await createBox('greeting', {
          container: { command, readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1 } },
        });
        return { options: { pod: 'greeting' } };
      },
    }),
    scenario({
      name: 'TLS is demanded, and the server offers none',
      code: 'TLS_FAILED',
      rung: 'login',
      waited: false,
      args: { target: TARGET, reason: 'the server does not offer TLS' },
      produce: async ({ getDatabase }) => {
        await getDatabase();
        return { ...AS_APP, env: { ...AS_APP.env, PGSSLMODE: 'require' } };
      },
    }),
    scenario({
      name: 'The server takes TLS alone, and it is turned off',
      code: 'TLS_FAILED',
      rung: 'login',
      waited: false,
      args: {
        target: TARGET,
        reason: 'the server takes it only over TLS, and sslmode=disable rules that out',
      },
      produce: async ({ createServerCertificate, getDatabase }) => {
        const database = await getDatabase();
        const { certificate, key } = await createServerCertificate();
        await database.shell(`cat >server.crt <<'END'\n${certificate}END\ncat >server.key <<'END'\n${key}END
chmod 600 server.key; chown postgres server.crt server.key`);
        await database.configure({
          settings: 'alter system set ssl = on',
          access: ['hostssl all all all scram-sha-256'],
        });
        return {
          ...AS_APP,
          env: { ...AS_APP.env, PGSSLMODE: 'disable' },
          undo: () => database.configure({ settings: 'alter system reset ssl' }),
        };
      },
    }),
    scenario({
      name: 'The password is wrong',
      code: 'AUTHENTICATION_FAILED',
      rung: 'login',
      waited: false,
      args: {
        target: TARGET,
        user: 'app',
        database: 'action_history',
        reason: 'password authentication failed for user "app"',
        because: 'password',
      },
      evidence: [
        'FATAL:  password authentication failed for user "app"',
        'DETAIL:  Connection matched file "…/pg_hba.conf" line 3: "host all all all scram-sha-256"',
      ],
      evidenceLike: /authentication failed for user "app"[\s\S]*"host all all all scram-sha-256"/,
      produce: async ({ getDatabase }) => {
        await getDatabase();
        return { ...AS_APP, env: { PGPASSWORD: 'of-yesterday' } };
      },
    }),
    scenario({
      name: 'There is no such user, which the server tells to its log alone',
      code: 'AUTHENTICATION_FAILED',
      rung: 'login',
      waited: false,
      args: {
        target: 'nobody@service postgres in shop/action_history',
        user: 'nobody',
        database: 'action_history',
        reason: 'password authentication failed for user "nobody"',
        because: 'password',
      },
      evidence: [
        'FATAL:  password authentication failed for user "nobody"',
        'DETAIL:  Role "nobody" does not exist.',
      ],
      evidenceLike: /Role "nobody" does not exist/,
      produce: async ({ getDatabase }) => {
        await getDatabase();
        return { options: { user: 'nobody' }, env: { PGPASSWORD: 'x' } };
      },
    }),
    scenario({
      name: 'There is no such user, on a server that asks for no password',
      code: 'AUTHENTICATION_FAILED',
      rung: 'login',
      waited: false,
      args: {
        target: 'nobody@service postgres in shop/action_history',
        user: 'nobody',
        database: 'action_history',
        reason: 'role "nobody" does not exist',
        because: 'role',
      },
      evidence: ['FATAL:  role "nobody" does not exist'],
      evidenceLike: /role "nobody" does not exist/,
      produce: async (world) => {
        const database = await setAccess(world, 'host all all all trust');
        return { options: { user: 'nobody' }, env: { PGPASSWORD: 'x' }, undo: () => database.configure({}) };
      },
    }),
    scenario({
      name: 'No line of pg_hba.conf lets the user in',
      code: 'AUTHENTICATION_FAILED',
      rung: 'login',
      waited: false,
      args: {
        target: TARGET,
        user: 'app',
        database: 'action_history',
        reason:
          'no pg_hba.conf entry for host "127.0.0.1", user "app", database "action_history", no encryption',
        because: 'pg_hba',
      },
      loose: { reason: /no pg_hba.conf entry/ },
      evidence: [
        'FATAL:  no pg_hba.conf entry for host "127.0.0.1", user "app", database "action_history", no encryption',
      ],
      evidenceLike: /no pg_hba.conf entry/,
      produce: async (world) => {
        const database = await setAccess(world, 'host all somebody all scram-sha-256');
        return { ...AS_APP, undo: () => database.configure({}) };
      },
    }),
    scenario({
      name: 'There is no such database',
      code: 'DATABASE_MISSING',
      rung: 'login',
      waited: false,
      args: { target: 'app@service postgres in shop/orders', database: 'orders' },
      produce: async ({ getDatabase }) => {
        await getDatabase();
        return { ...AS_APP, options: { ...AS_APP.options, database: 'orders' } };
      },
    }),
    scenario({
      name: 'The user may not connect to the database',
      code: 'PERMISSION_DENIED',
      rung: 'login',
      waited: false,
      args: {
        what: 'connect to the database action_history',
        user: 'app',
        reason: 'permission denied for database "action_history" (SQLSTATE 42501)',
      },
      loose: { reason: /SQLSTATE 42501/ },
      produce: async ({ getDatabase }) => {
        const database = await getDatabase();
        await database.run('revoke connect on database action_history from public');
        return {
          ...AS_APP,
          undo: () => database.run('grant connect on database action_history to public'),
        };
      },
    }),
    ...STATES,
  ],
};
