// From nothing to the first answer of a PostgreSQL through the tunnel, in milliseconds: with the imports, and without them
// for the first time and again.
const start = performance.now();
const [kubeconfig, namespace] = process.argv.slice(2);
const [{ resolvePlanOptions }, { createClusterTarget }] = await Promise.all([
  import('../../dist/options.js'),
  import('../../dist/run/cluster-target.js'),
  import('../../dist/cluster/kube-config.js'),
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

const loaded = performance.now() - start;
const first = await answer();
const again = await answer();
console.log(JSON.stringify({ imported: loaded + first, first, again }));
