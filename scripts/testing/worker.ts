import { createTestDatabase, type TestingOptions } from '../../src/testing/index.js';

// A worker of the stress test: makes databases, uses each, disposes of it, and says so, line by line.
const { options, databases } = JSON.parse(process.argv[2]!) as {
  readonly options: TestingOptions;
  readonly databases: number;
};
for (let n = 0; n < databases; n += 1) {
  const start = performance.now();
  const db = await createTestDatabase(options);
  const elapsedMs = performance.now() - start;
  // Where the server was restarted meanwhile, the test that this stands for has failed; its database goes all the same.
  const seen = await use(db.query).catch((error: Error) => `cut: ${error.message}`);
  if (seen !== 0 && typeof seen === 'number') throw new Error(`${db.name} held ${seen} rows of another test`);
  await db.dispose();
  console.log(JSON.stringify({ name: db.name, elapsedMs, seen }));
}

async function use(query: Awaited<ReturnType<typeof createTestDatabase>>['query']): Promise<number> {
  const { rows } = await query('select count(*)::int as n from customers');
  await query('insert into customers (id, name) values ($1, $2)', [1, `of process ${process.pid}`]);
  return Number(rows[0]?.['n']);
}
