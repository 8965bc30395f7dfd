import childProcess from 'node:child_process';
import { dirname, join } from 'node:path';

// Of the Kubernetes client one class is needed, which imports the whole API's models for a method of it that nobody calls here.
const UNUSED = {
  'node-fetch': ['Headers'],
  './gen/index.js': ['createConfiguration', 'ServerConfiguration'],
};

// Packages for the rarer kinds of credentials and proxies, made ready when the first of their functions is called.
const LATE = {
  'jsonpath-plus': "export const JSONPath = (given) => require('jsonpath-plus').JSONPath(given);",
  // The client gives the issuer as text, which openid-client does not take.
  'openid-client': `
    export const discovery = (server, id) => require('openid-client').discovery(new URL(server), id);
    export const refreshTokenGrant = (...given) => require('openid-client').refreshTokenGrant(...given);`,
  // Called with new, a function that returns an object gives that.
  'socks-proxy-agent': `
    export function SocksProxyAgent(...given) {
      const { SocksProxyAgent: Agent } = require('socks-proxy-agent');
      return new Agent(...given);
    }`,
  'node:child_process': `export default { ${renderLateFunctions(childProcess, 'node:child_process')} };`,
};

const CLIENT = /\/@kubernetes\/client-node\/dist\//;

/** Leaves of the Kubernetes client's package what its KubeConfig uses; loading all of it takes several times as long. */
export const KUBE_CONFIG = {
  name: 'kube-config',
  setup: ({ onLoad, onResolve, resolve }) => {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, ({ kind, resolveDir }) =>
      resolve('@kubernetes/client-node/dist/config.js', { kind, resolveDir }),
    );
    onResolve({ filter: /./ }, ({ importer, path, resolveDir }) =>
      CLIENT.test(importer) && (path in UNUSED || path in LATE)
        ? { path, namespace: 'client', pluginData: resolveDir }
        : undefined,
    );
    onLoad({ filter: /./, namespace: 'client' }, ({ path, pluginData }) => ({
      contents: LATE[path] ?? renderUnused(path),
      resolveDir: pluginData,
    }));
  },
};

/** Of ws what a client takes that does not compress. */
export const WEB_SOCKET = {
  name: 'web-socket',
  setup: ({ onLoad, onResolve, resolve }) => {
    onResolve({ filter: /^ws$/ }, async ({ kind, resolveDir }) => {
      const { path } = await resolve('ws/package.json', { kind, resolveDir });
      return { path: join(dirname(path), 'lib/websocket.js') };
    });
    onResolve({ filter: /^zlib$/ }, ({ importer, path }) =>
      /\/ws\/lib\//.test(importer) ? { path, namespace: 'without' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'without' }, () => ({ contents: 'module.exports = {}' }));
  },
};

function renderUnused(path) {
  const text = JSON.stringify(`${path} is not in this bundle`);
  return UNUSED[path].map((name) => `export function ${name}() { throw new Error(${text}); }`).join('\n');
}

function renderLateFunctions(module, id) {
  const names = Object.keys(module).filter((name) => /^[a-z]/.test(name));
  return names.map((name) => `${name}: (...given) => require('${id}').${name}(...given)`).join(', ');
}
