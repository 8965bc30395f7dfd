import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type ClusterRecord, getClusterFolder, readRecord } from '../../scripts/cluster/folder.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null where tests that need a cluster are skipped. */
    cluster: ClusterRecord | null;
  }
}

/** Looks once for the cluster that `npm run cluster:up` made. PLINTH_CLUSTER=required makes its absence an error. */
export default async function provideCluster(project: TestProject): Promise<void> {
  const record = readRecord(getClusterFolder());
  const answers = record !== null && (await isListening(record.kubeconfig));
  if (!answers) {
    const what = record === null ? 'there is no cluster' : 'the cluster does not answer';
    const line = `Tests in a cluster are skipped, as ${what}: npm run cluster:up starts one.`;
    if (process.env['PLINTH_CLUSTER'] === 'required') throw new Error(line);
    console.log(line);
  }
  project.provide('cluster', answers ? record : null);
}

/** True where something accepts connections at the server that the file names. */
function isListening(kubeconfig: string): Promise<boolean> {
  const server = /^\s*server: "?(https?:\/\/[^"\s]+)/m.exec(readFileSync(kubeconfig, 'utf8'))?.[1];
  if (server === undefined) return Promise.resolve(false);
  const { hostname, port, protocol } = new URL(server);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
      timeout: 10_000,
    });
    socket.once('connect', () => resolve(true));
    socket.once('timeout', () => resolve(false));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
