import type { CallContext, Library } from '../../../src/cli/io.js';
import { MigrationFailedError, PlinthError } from '../../../src/errors.js';
import type { Difference } from '../../../src/model/fact.js';
import type { ApplyOptions } from '../../../src/options.js';
import { PLAN } from '../../report/plan-example.js';
import { RESULT } from '../../report/result-example.js';

/** Stands in for the library where the command line itself is tested; the table asked for says what happens. */
export const plan: Library['plan'] = async (options, context) => {
  await act(options.tables?.[0], context);
  return PLAN;
};

export const apply: Library['apply'] = async (options, context) => {
  await act(options.tables?.[0], context);
  return { ...RESULT, tables: options.tables ?? [] };
};

const DIFFERENCE: Difference = {
  object: 'table public.t',
  kind: 'index',
  name: 't_a',
  expected: '(a)',
  found: null,
};

export const verify: Library['verify'] = async (options, context) => {
  await act(options.tables?.[0], context);
  const ok = options.tables?.[0] !== 'different';
  const differences = ok ? [] : [DIFFERENCE];
  context?.onEvent?.({ type: 'compared', checked: 4, differences, elapsedMs: 7 });
  return { ok, differences, tables: ['public.t'], proof: 'none', checked: 4, findings: [], elapsedMs: 7 };
};

const LOCK = { holder: null, waiting: [], blocking: [] };

export const readStatus: Library['readStatus'] = async () => ({
  target: 'app@db/app',
  server: { version: '18.4', standby: false, readOnly: false },
  ledger: { schema: 'plinth', exists: false, version: null },
  histories: [],
  tables: [],
  services: [],
  runs: [],
  lock: LOCK,
  drift: null,
});

export const diagnose: Library['diagnose'] = async () => ({
  target: 'app@db/app',
  ok: true,
  steps: [{ rung: 'login', outcome: 'passed', facts: { user: 'app', database: 'app' }, findings: [] }],
});

export const createManifest: Library['createManifest'] = async (what) => ({
  objects: [{ kind: what }],
  yaml: `kind: ${what}\n`,
});

export const fleet: Library['fleet'] = async () => ({
  fleet: 'plinth-shop-fleet-1a2b3c4d',
  namespace: 'shop',
  jobs: ['plinth-shop-fleet-1a2b3c4d-1'],
  stopped: null,
  counts: { applied: 1, already: 0, before: 0, failed: 1, left: 0 },
  targets: [
    { target: 'shop/postgres/one', outcome: 'applied', statements: 3, elapsedMs: 40, error: null },
    {
      target: 'shop/postgres/two',
      outcome: 'failed',
      statements: 0,
      elapsedMs: 9,
      error: { code: 'READ_ONLY', message: 'it is read-only', hint: 'Turn it off.', findings: [] },
    },
  ],
  elapsedMs: 900,
});

export const createFleetRights: Library['createFleetRights'] = async () => ({
  objects: [],
  yaml: 'kind: Role\n',
});

export const workFleet: Library['workFleet'] = async (_, context) => {
  const { targets } = await fleet({ migrations: 'none' });
  for (const result of targets) context?.onResult?.(result);
  return targets;
};

export const unlock: Library['unlock'] = async () => ({
  target: 'app@db/app',
  outcome: 'free',
  holder: null,
  lock: LOCK,
  sql: null,
  psql: null,
});

export const adopt: Library['adopt'] = async ({ yes }) => ({
  target: 'app@db/app',
  outcome: yes === true ? 'adopted' : 'would-adopt',
  tables: [
    { name: 'public.a', state: 'equal', differences: [], asOf: null, reason: null },
    { name: 'public.t', state: 'different', differences: [DIFFERENCE], asOf: '1_t.sql', reason: null },
  ],
  statements: 3,
  findings: [],
});

export const dryRun: Library['dryRun'] = async () => ({
  target: 'app@db/app',
  outcome: 'would-apply',
  plan: PLAN,
  problems: [],
  adopted: [],
  findings: [],
  lock: null,
});

export const wait: Library['wait'] = verify;

export const report: Library['report'] = async (options, context) => {
  await act(options.tables?.[0], context);
  return '<!doctype html>';
};

export const prove: Library['prove'] = async () => ({
  path: 'db/plinth.lock.json',
  statements: 20,
  unobserved: 1,
  tables: [
    { schema: 'public', name: 'a', proof: { standing: 'proven', statements: [0, 1] } },
    {
      schema: 'public',
      name: 'b',
      proof: {
        standing: 'enlarged',
        statements: [0, 2, 3],
        why: {
          code: 'SLICE_ENLARGED',
          args: { rule: 'touched', is: 'different', object: 'table public.b', kind: 'index', name: 'b_idx' },
        },
      },
    },
    { schema: 'app', name: 't' },
  ],
  sequences: 3,
  sequencesEqual: 3,
  elapsedMs: 1200,
});

export const checkProof: Library['checkProof'] = async () => ({
  path: 'db/plinth.lock.json',
  statements: 20,
  tables: [{ schema: 'public', name: 'a', proof: { standing: 'not-provable', statements: [0] } }],
});

export const readTables: Library['readTables'] = async () => [
  { name: 'audit_events', schema: 'public', statements: 74 },
  { name: 't', schema: 'app', statements: 5 },
];

export const readSettings: Library['readSettings'] = async ({ config: _, target: __, ...options }) => ({
  options: options as ApplyOptions,
});

export const readSettingsNames: Library['readSettingsNames'] = async () => ({
  services: ['checkout', 'billing'],
  targets: ['local', 'ci'],
  histories: ['main'],
});

export const readKnownTables: Library['readKnownTables'] = async () => ['audit_events', 'orders', 'app.t'];

export const createSettings: Library['createSettings'] = async ({ migrations = 'db', format = 'goose' }) => ({
  path: '/repository/plinth.json',
  migrations,
  format,
  count: 3,
  missing: [],
});

export const readCache: Library['readCache'] = async () => ({
  dir: '/cache',
  entries: [
    { digest: 'a'.repeat(64), bytes: 3400, usedAt: '2026-01-02T03:04:05Z', location: 'db', statements: 20 },
  ],
});

export const clearCache: Library['clearCache'] = async () => ({ removed: 1 });

async function act(what: string | undefined, { signal, onEvent }: CallContext = {}): Promise<void> {
  onEvent?.({ type: 'migration-started', name: '001.sql', statements: 1 });
  onEvent?.({ type: 'migration-applied', name: '001.sql', statements: 1, elapsedMs: 5 });
  if (what === 'fails') throw createFailure();
  if (what === 'breaks') throw new TypeError('postgres://u:hunter2@h broke');
  if (what === 'long')
    for (let line = 0; line < 50_000; line++) onEvent?.({ type: 'connecting', target: `t${line}` });
  if (what === 'waits' || what === 'stubborn') {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, 20_000);
      signal?.addEventListener('abort', () => {
        if (what === 'stubborn') return;
        clearTimeout(timer);
        reject(new PlinthError('ABORTED', { phase: 'waiting' }));
      });
    });
  }
  onEvent?.({ type: 'finished', result: RESULT });
}

function createFailure(): MigrationFailedError {
  const error = new MigrationFailedError('MIGRATION_FAILED', {
    migration: '001.sql',
    reason: 'no',
    sqlstate: '42704',
    detail: null,
    serverHint: null,
    where: null,
    built: null,
    advice: null,
  });
  error.result = { ...RESULT, outcome: 'failed' };
  return error;
}
