import { type ScenarioGroup, scenario } from './scenario.js';

const SOURCE = '~/.kube/config';
const SERVER = 'https://cluster:6443';
const RULES = {
  services: { apiGroups: [''], resources: ['services'], verbs: ['get'] },
  pods: { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
  tunnel: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['get', 'create'] },
};

const getForbidden = (user: string, verb: string, resource: string, name: string): string =>
  `${resource.split('/')[0]} ${name === '' ? '' : `"${name}" `}is forbidden: User "system:serviceaccount:shop:${user}" cannot ${verb} resource "${resource}" in API group "" in the namespace "shop"`;

/** From the kubeconfig to the service. */
export const ACCESS: ScenarioGroup = {
  title: 'The way to the cluster',
  scenarios: [
    scenario({
      name: 'The kubeconfig is not there',
      code: 'KUBECONFIG_MISSING',
      rung: 'kubeconfig',
      waited: false,
      args: { files: ['~/.kube/none'], from: 'option' },
      produce: async ({ folder }) => ({ options: { kubeconfig: `${folder}/none` } }),
    }),
    scenario({
      name: 'The kubeconfig is malformed',
      code: 'KUBECONFIG_INVALID',
      rung: 'kubeconfig',
      waited: false,
      args: { file: SOURCE, reason: 'bad indentation of a mapping entry (3:9)' },
      loose: { reason: /./ },
      produce: async ({ writeFile }) => ({
        options: { kubeconfig: await writeFile('config', 'clusters:\n- name: a\n cluster: {{\n') },
      }),
    }),
    scenario({
      name: 'The kubeconfig has no such context',
      code: 'CONTEXT_UNKNOWN',
      rung: 'kubeconfig',
      waited: false,
      args: { context: 'prod', contexts: ['e2e'], source: SOURCE },
      produce: async ({ writeKubeconfig }) => ({
        options: { kubeconfig: await writeKubeconfig(), context: 'prod' },
      }),
    }),
    scenario({
      name: 'The program that the kubeconfig names for credentials fails',
      code: 'CLUSTER_CREDENTIALS_FAILED',
      rung: 'api-server',
      waited: false,
      args: { user: 'anna', source: SOURCE, reason: 'the session has expired, log in again' },
      loose: { reason: /log in again/ },
      produce: async ({ writeFile, writeKubeconfig }) => {
        const command = await writeFile(
          'login',
          '#!/bin/sh\necho the session has expired, log in again >&2\nexit 1\n',
        );
        const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' };
        return { options: { kubeconfig: await writeKubeconfig({ user: { exec } }) } };
      },
    }),
    scenario({
      name: 'The API server is down',
      code: 'API_UNREACHABLE',
      rung: 'api-server',
      waited: false,
      args: { server: SERVER, reason: 'connect ECONNREFUSED 127.0.0.1:6443' },
      loose: { reason: /ECONNREFUSED/ },
      produce: async ({ getClosedServer, writeKubeconfig }) => ({
        options: { kubeconfig: await writeKubeconfig({ server: await getClosedServer() }) },
      }),
    }),
    scenario({
      name: 'The certificate of the API server is not trusted',
      code: 'API_CERTIFICATE_UNTRUSTED',
      rung: 'api-server',
      waited: false,
      args: {
        server: SERVER,
        source: SOURCE,
        reason: 'unable to verify the first certificate (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
      },
      loose: { reason: /certificate/ },
      produce: async ({ createOtherAuthority, writeKubeconfig }) => ({
        options: { kubeconfig: await writeKubeconfig({ authority: await createOtherAuthority() }) },
      }),
    }),
    scenario({
      name: 'The token is refused',
      code: 'API_CREDENTIALS_REFUSED',
      rung: 'api-server',
      waited: false,
      args: { server: SERVER, context: 'e2e', source: SOURCE },
      produce: async ({ writeKubeconfig }) => ({
        options: { kubeconfig: await writeKubeconfig({ user: { token: 'of-yesterday' } }) },
      }),
    }),
    scenario({
      name: 'The right to get the service is missing',
      code: 'RIGHT_MISSING',
      rung: 'rights',
      waited: false,
      args: {
        verb: 'get',
        resource: 'services',
        group: '',
        namespace: 'shop',
        reason: getForbidden('no-services', 'get', 'services', 'postgres'),
      },
      loose: { reason: /./ },
      produce: async ({ createAccount }) => ({
        options: { kubeconfig: await createAccount('no-services', [RULES.pods, RULES.tunnel]) },
      }),
    }),
    scenario({
      name: 'The right to list pods is missing',
      code: 'RIGHT_MISSING',
      rung: 'rights',
      waited: false,
      args: {
        verb: 'list',
        resource: 'pods',
        group: '',
        namespace: 'shop',
        reason: getForbidden('no-pods', 'list', 'pods', ''),
      },
      loose: { reason: /./ },
      produce: async ({ createAccount, createService }) => {
        await createService('postgres', { selector: { app: 'postgres' }, ports: [{ port: 5432 }] });
        return { options: { kubeconfig: await createAccount('no-pods', [RULES.services, RULES.tunnel]) } };
      },
    }),
    scenario({
      name: 'The right to open a tunnel to a pod is missing',
      code: 'RIGHT_MISSING',
      rung: 'rights',
      waited: false,
      args: {
        verb: 'get',
        resource: 'pods/portforward',
        group: '',
        namespace: 'shop',
        reason: getForbidden('no-tunnel', 'get', 'pods/portforward', 'postgres'),
      },
      // Which of the two verbs it is depends on the version of the API server.
      loose: { reason: /./, verb: /^(?:get|create)$/ },
      produce: async ({ createAccount, createBox }) => {
        await createBox('postgres', { labels: { app: 'postgres' } });
        return { options: { kubeconfig: await createAccount('no-tunnel', [RULES.services, RULES.pods]) } };
      },
    }),
    scenario({
      name: 'The right to read the Secret with the password is missing',
      code: 'RIGHT_MISSING',
      rung: 'credentials',
      also: ['connection PORT_CLOSED'],
      waited: false,
      args: {
        verb: 'get',
        resource: 'secrets',
        group: '',
        namespace: 'shop',
        reason: getForbidden('no-secret', 'get', 'secrets', 'postgres-auth'),
      },
      loose: { reason: /cannot get resource "secrets"/ },
      produce: async ({ createAccount }) => {
        const kubeconfig = await createAccount('no-secret', Object.values(RULES));
        return { options: { kubeconfig, passwordSecret: 'postgres-auth/password' } };
      },
    }),
    scenario({
      name: 'The Secret with the password is not there',
      code: 'CREDENTIAL_MISSING',
      rung: 'credentials',
      also: ['connection PORT_CLOSED'],
      waited: false,
      args: { kind: 'Secret', object: 'postgres-auth', key: 'password', namespace: 'shop', keys: null },
      produce: async () => ({ options: { passwordSecret: 'postgres-auth/password' } }),
    }),
    scenario({
      name: 'The Secret has no such key',
      code: 'CREDENTIAL_MISSING',
      rung: 'credentials',
      also: ['connection PORT_CLOSED'],
      waited: false,
      args: {
        kind: 'Secret',
        object: 'postgres-login',
        key: 'password',
        namespace: 'shop',
        keys: ['POSTGRES_PASSWORD'],
      },
      produce: async ({ namespace }) => {
        await namespace.create({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'postgres-login' },
          stringData: { POSTGRES_PASSWORD: 'x' },
        });
        return { options: { passwordSecret: 'postgres-login/password' } };
      },
    }),
    scenario({
      name: 'There is no such namespace',
      code: 'NAMESPACE_MISSING',
      rung: 'namespace',
      waited: false,
      args: { namespace: 'shopp', nearest: ['shop'] },
      produce: async ({ namespace }) => ({ options: { namespace: `${namespace.name}p` } }),
    }),
    scenario({
      name: 'There is no such namespace, and pods are meant by their labels',
      code: 'NAMESPACE_MISSING',
      rung: 'namespace',
      waited: false,
      args: { namespace: 'shopp', nearest: ['shop'] },
      produce: async ({ namespace }) => ({
        options: { namespace: `${namespace.name}p`, selector: 'app=postgres' },
      }),
    }),
    scenario({
      name: 'There is no such service, and one has nearly its name',
      code: 'SERVICE_MISSING',
      rung: 'service',
      waited: false,
      args: { service: 'postgrse', namespace: 'shop', nearest: ['postgres'], others: ['postgres'] },
      produce: async () => ({ options: { postgresService: 'postgrse' } }),
    }),
  ],
};
