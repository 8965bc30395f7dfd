// The first answer of a PostgreSQL through the tunnel, in milliseconds without the imports, and the second one; with `once` that
// one is left out, and what counts is the whole process.
const [kubeconfig, namespace, once] = process.argv.slice(2);
const [{ resolvePlanOptions }, { createClusterTarget }] = await Promise.all([
  import('../../../dist/options.js'),
  import('../../../dist/run/cluster-target.js'),
  import('../../../dist/cluster/kube-config.js'),
]);

async function answer() {
  const begun = performance.now();
  const { cluster } = resolvePlanOptions({ migrations: 'none', kubeconfig, namespace }, {});
  const target = await createClusterTarget(cluster, {}, {});
  const session = await target.open({ applicationName: 'plinth-bench', timeoutMs: 30_000 });
  const [row] = await session.query('select 1 as one');
  const elapsed = performance.now() - begun;
  await session.close();
  if (row.one !== 1) throw new Error('that was no answer');
  return elapsed;
}

const first = await answer();
console.log(JSON.stringify({ first, again: once === 'once' ? null : await answer() }));
