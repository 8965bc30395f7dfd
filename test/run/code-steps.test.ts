import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandLine, createCommandLine, parseLines } from '../support/cli-process.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';

let server: RunServer;
let cli: CommandLine;
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

const FILES = {
  '1_orders.sql': renderGoose('create table orders (id int primary key);'),
  '2_backfill.go': 'package migrations',
  '3_index.sql': renderGoose('create index on orders (id);'),
  '4_notes.go': 'package migrations',
};

test('plan shows a step in code between the migrations, for people and as JSON', async () => {
  const folder = await server.createFolder(FILES);
  const { stdout } = await cli.run(['plan', '-m', folder]);
  const heads = stdout.split('\n').filter((line) => /^\d/.test(line));
  expect(heads).toEqual([
    '1_orders.sql',
    '2_backfill.go  (step in code: not run)',
    '3_index.sql',
    '4_notes.go  (step in code: not run)',
    '2 of 2 statements for the whole history.',
  ]);
  const json = await cli.run(['plan', '-m', folder, '--json', '--tables', 'orders']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    codeSteps: [
      { name: '2_backfill.go', before: '3_index.sql', step: 1 },
      { name: '4_notes.go', before: null, step: 2 },
    ],
  });
});

test('apply warns once of the steps in code in its stretch: as an event, in the result and as text', async () => {
  const folder = await server.createFolder(FILES);
  const url = await server.createDatabase();
  const argv = ['apply', '-m', folder, '--url', url];
  const first = await cli.run([...argv, '--json', '--tables', 'orders']);
  const lines = parseLines(first.stdout);
  const finding = {
    code: 'CODE_STEPS_NOT_RUN',
    severity: 'warning',
    args: {
      steps: [
        { name: '2_backfill.go', before: '3_index.sql' },
        { name: '4_notes.go', before: null },
      ],
    },
  };
  expect(lines.filter(({ type }) => type === 'finding')).toEqual([expect.objectContaining({ finding })]);
  expect(lines.at(-1)).toMatchObject({ result: { outcome: 'applied', findings: [finding] } });
  const again = await cli.run([...argv, '--tables', 'orders']);
  expect(again.stderr).not.toContain('in code');

  const other = await server.createDatabase();
  const text = await cli.run(['apply', '-m', folder, '--url', other]);
  expect(text.stderr).toContain(
    'warning: 2 steps in code are not run: 2_backfill.go (before 3_index.sql), 4_notes.go (last)',
  );
});

test('what fails after a step in code says that it was not run', async () => {
  const folder = await server.createFolder({
    ...FILES,
    '3_index.sql': renderGoose('create table lines (id made_by_code);'),
  });
  const url = await server.createDatabase();
  const whole = await cli.run(['apply', '-m', folder, '--url', url]);
  expect(whole.code).toBe(5);
  expect(whole.stderr).toContain('1 step in code stands before it and was not run: 2_backfill.go');
  const table = await cli.run(['plan', '-m', folder, '--tables', 'lines']);
  expect(table.code).toBe(3);
  expect(table.stderr).toContain('error[TABLE_NOT_OBSERVED]');
  expect(table.stderr).toContain('1 step in code stands before it and was not run: 2_backfill.go');
  const observed = await cli.run(['plan', '-m', folder, '--tables', 'orders', '--no-cache']);
  expect(observed.stderr).toMatch(/warning: a statement failed .*was not run: 2_backfill.go/);
  const unknown = await cli.run(['plan', '-m', folder, '--tables', 'made_by_code']);
  expect(unknown.stderr).toContain('What a step in code makes is not among them: 2_backfill.go, 4_notes.go.');
});
