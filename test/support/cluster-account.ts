import { writeFile } from 'node:fs/promises';
import type { V1PolicyRule } from '@kubernetes/client-node';
import { createAdminConfig, loadClient, type TestNamespace } from './cluster.js';

/** Somebody with few rights. */
export interface TestAccount {
  /** Of the service account; valid for an hour. */
  readonly token: string;
  readonly server: string;
  /** PEM of the authority that the server's certificate is checked against. */
  readonly authority: string;
  /** Writes a kubeconfig, of one context in the account's namespace, with the token. */
  writeKubeconfig(path: string): Promise<void>;
}

/** Creates a service account that may do in the namespace what the rules say, and nothing else. */
export async function createAccount(
  namespace: TestNamespace,
  name: string,
  rules: readonly V1PolicyRule[],
): Promise<TestAccount> {
  const api = 'rbac.authorization.k8s.io';
  const metadata = { name };
  const role = { apiVersion: `${api}/v1`, kind: 'Role', metadata, rules };
  const subjects = [{ kind: 'ServiceAccount', name, namespace: namespace.name }];
  const roleRef = { apiGroup: api, kind: 'Role', name };
  const binding = { apiVersion: `${api}/v1`, kind: 'RoleBinding', metadata, subjects, roleRef };
  await namespace.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata }, role, binding);

  const client = await loadClient();
  const admin = await createAdminConfig();
  const { status } = await admin.makeApiClient(client.CoreV1Api).createNamespacedServiceAccountToken({
    namespace: namespace.name,
    name,
    body: { spec: { audiences: [], expirationSeconds: 3600 } },
  });
  const { server, caData = '' } = admin.getCurrentCluster()!;
  const token = status!.token;
  return {
    token,
    server,
    authority: Buffer.from(caData, 'base64').toString(),
    async writeKubeconfig(path) {
      const config = new client.KubeConfig();
      config.loadFromOptions({
        clusters: [{ name: 'test', server, caData }],
        users: [{ name, token }],
        contexts: [{ name, cluster: 'test', user: name, namespace: namespace.name }],
        currentContext: name,
      });
      await writeFile(path, config.exportConfig(), { mode: 0o600 });
    },
  };
}
