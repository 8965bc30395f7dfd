// A process that has Plinth loaded. Each line of stdin is a request, {"call", "options"}; the answer is a line with the
// milliseconds that the call took, or the error. The first line of all: how long loading it took.
import { createInterface } from 'node:readline';

const begun = performance.now();
const root = '../../../dist';
const { apply, plan } = await import(`${root}/index.js`);
const COUNT =
  "select count(*)::int as n from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace";
const CALLS = {
  apply: (options) => measure(() => apply(options)),
  plan: (options) => measure(() => plan(options)),
  clone,
};
console.log(JSON.stringify({ ms: performance.now() - begun }));

for await (const line of createInterface({ input: process.stdin })) {
  const { call, options } = JSON.parse(line);
  const answer = await CALLS[call](options).catch((error) => ({
    error: `${error.code}: ${error.message}`,
  }));
  console.log(JSON.stringify(answer));
}

async function measure(work) {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, outcome: result.outcome };
}

async function clone(options) {
  const { createTestDatabase } = await import(`${root}/testing/index.js`);
  const start = performance.now();
  const database = await createTestDatabase(options);
  const ms = performance.now() - start;
  const { rows } = await database.query(COUNT);
  await database.dispose();
  return { ms, outcome: `${rows[0].n} tables` };
}
