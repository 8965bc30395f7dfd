import type { Rung, RungFacts } from '../model/diagnosis.js';
import { renderHolder } from './event-text.js';
import { renderBytes, renderCount, renderList } from './measure.js';

/** What each rung is called. */
export const RUNG_NAMES: Readonly<Record<Rung, string>> = {
  kubeconfig: 'kubeconfig',
  'api-server': 'API server',
  rights: 'rights',
  namespace: 'namespace',
  service: 'service',
  pods: 'pods',
  embedded: 'embedded server',
  credentials: 'credentials',
  connection: 'connection',
  login: 'login',
  server: 'server',
  writing: 'writing',
  pooling: 'pooling',
  ledger: 'ledger',
  disk: 'disk',
  lock: 'lock',
};

const renderFrom = ({ value, from }: { readonly value: string; readonly from: string | null }): string =>
  from === null ? value : `${value} (${from})`;

const EMBEDDED = {
  absent: 'no server is there yet; a run makes it',
  stopped: 'it is stopped; a run starts it',
  running: 'it runs',
} as const;

const renderTls = (tls: boolean | null): string =>
  tls === null ? '' : tls ? ', offers TLS' : ', offers no TLS';

/** What was seen where a rung holds. */
export const RUNG_WORDS: { readonly [R in Rung]: (facts: RungFacts[R]) => string } = {
  kubeconfig: ({ context, server, source }) => `${source}, context ${context}, ${server}`,
  'api-server': ({ version }) =>
    `it knows this user${version === null ? '' : ` and is Kubernetes ${version}`}`,
  rights: ({ allowed }) => allowed.join(', '),
  namespace: ({ namespace }) => namespace,
  service: ({ port, selector, service }) =>
    `${service}, port ${port}, ${selector === null ? 'without a selector' : `selects ${selector}`}`,
  pods: ({ others, ready }) =>
    `ready: ${renderList(ready.map(({ pod, port }) => `${pod}, port ${port}`))}${others > 0 ? `; ${renderCount(others, 'other')} not` : ''}`,
  embedded: ({ dir, state }) => `${dir}: ${EMBEDDED[state]}`,
  credentials: ({ database, password, user }) =>
    `user ${renderFrom(user)}, database ${renderFrom(database)}, ${password === null ? 'no password' : password === 'given' ? 'with a password' : `password from ${password}`}`,
  connection: ({ place, tls }) => `PostgreSQL answers at ${place}${renderTls(tls)}`,
  login: ({ database, user }) => `${user} may connect to ${database}`,
  server: ({ started, version }) => `PostgreSQL ${version}, up since ${started}`,
  writing: () => 'it is no standby, and takes writes',
  pooling: () => 'no pooler shares sessions between clients',
  ledger: ({ exists, schema }) =>
    exists
      ? `schema ${schema} is there, and this user may write it`
      : `schema ${schema} is not there yet, and this user may make it`,
  disk: ({ bytes }) => `the server could write ${renderBytes(bytes)} to it`,
  lock: ({ holder }) =>
    holder === null ? 'free' : `a run would wait for it, held by ${renderHolder(holder)}`,
};

/** Why a rung was not asked. */
export function renderNotAsked(after: Rung | null, reason: string | null): string {
  if (after === null) return `not asked: ${reason ?? 'it was not reached'}`;
  return `not asked: needs ${RUNG_NAMES[after]}${reason === null ? '' : ` (${reason})`}`;
}
