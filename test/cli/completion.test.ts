import { describe, expect, test } from 'vitest';
import { getCompletion } from '../../src/cli/completion/candidates.js';
import { runComplete } from '../../src/cli/completion/complete.js';
import { parseLine } from '../../src/cli/completion/line.js';
import { COMMAND_TEXTS } from '../../src/cli/help.js';
import { FORMATS } from '../../src/model/history.js';
import { createIo, runHere } from './helpers/run.js';

const NAMES = {
  tables: ['audit_events', 'orders', 'order_items', 'app.t'],
  services: ['checkout', 'billing'],
  targets: ['local', 'ci'],
  histories: ['main'],
};

/** The words that fit at the end of a line, or which paths do. */
async function complete(...words: string[]): Promise<readonly string[] | string> {
  const { candidates, paths } = await getCompletion(parseLine(words), async (what) => NAMES[what]);
  return paths === 'none' ? candidates.map(({ word }) => word) : paths;
}

const top = Object.keys(COMMAND_TEXTS).filter((path) => !path.includes(' '));

describe('a line is completed', () => {
  test('with commands, and those below them', async () => {
    expect(await complete('')).toEqual([...top, 'help']);
    expect(await complete('ap')).toEqual(['apply']);
    expect(await complete('help', 'in')).toEqual(['init']);
    expect(await complete('help', 'init', '')).toEqual([]);
    expect(await complete('cache', '')).toEqual(['clear']);
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await complete('completion', 'bash', '')).toEqual([]);
    expect(await complete('nothing', '')).toEqual([]);
  });

  test('with the options of the command that are not given yet', async () => {
    expect(await complete('--')).toEqual(['--help', '--version']);
    expect(await complete('plan', '--se')).toEqual(['--set', '--search-path', '--service', '--selector']);
    expect(await complete('prove', '--se')).toEqual(['--set', '--search-path']);
    expect(await complete('plan', '--set', 'a=1', '--service', 'x', '--se')).toEqual([
      '--set',
      '--search-path',
      '--selector',
    ]);
    expect(await complete('plan', '--left-out', '--left')).toEqual([]);
    expect(await complete('plan', '--no-cache', '--no')).toEqual([]);
    expect(await complete('plan', '')).toContain('--tables');
    expect(await complete('cache', 'clear', '--j')).toEqual(['--json']);
  });

  test('with the choices of an option, wherever its value stands', async () => {
    expect(await complete('plan', '--format', '')).toEqual(FORMATS);
    expect(await complete('plan', '-f', 'fly')).toEqual(['flyway']);
    expect(await complete('plan', '-ffly')).toEqual(['-fflyway']);
    expect(await complete('plan', '--format=fly')).toEqual(['--format=flyway']);
    expect(await complete('apply', '--missing-roles', '')).toEqual(['fail', 'create', 'skip']);
    expect(await complete('plan', '--timeout', '')).toEqual([]);
    expect(await complete('apply', '--write-ledger', 'd')).toEqual(['dbmate', 'drizzle', 'diesel']);
  });

  test('with names of the history and of plinth.json', async () => {
    expect(await complete('plan', '-t', 'ord')).toEqual(['orders', 'order_items']);
    expect(await complete('plan', '--tables', 'orders,')).toEqual([
      'orders,audit_events',
      'orders,order_items',
      'orders,app.t',
    ]);
    expect(await complete('plan', '--tables=orders,aud')).toEqual(['--tables=orders,audit_events']);
    expect(await complete('plan', '-t', 'orders', '-t', 'ord')).toEqual(['order_items']);
    expect(await complete('apply', '--service', '')).toEqual(['checkout', 'billing']);
    expect(await complete('apply', '--target', 'l')).toEqual(['local']);
    expect(await complete('tables', '--history', '')).toEqual(['main']);
  });

  test('with paths', async () => {
    expect(await complete('plan', '-m', '')).toBe('files');
    expect(await complete('plan', '--migrations=db/')).toBe('files');
    expect(await complete('apply', '--embedded', 'x')).toBe('folders');
    expect(await complete('init', '--config', 'x')).toBe('files');
  });
});

describe('what the program answers a shell', () => {
  async function answer(...words: string[]): Promise<string> {
    const { io, read } = createIo();
    await runComplete(words, io);
    return read().stdout;
  }

  test('a word a line, its description after a tab, then whether paths fit', async () => {
    expect(await answer('plan', '--left')).toBe('--left-out\tname what the plan leaves out\n:4\n');
    expect(await answer('plan', '-m', '')).toBe(':0\n');
    expect(await answer('plan', '--embedded', '')).toBe(':16\n');
    expect(await answer('plan', '-t', `'ord`)).toBe('orders\n:4\n');
  });

  test('nothing where something goes wrong', async () => {
    const { io, read } = createIo({
      load: async () => {
        throw new Error('broken');
      },
    });
    await runComplete(['plan', '-t', ''], io);
    expect(read()).toEqual({ stdout: ':4\n', stderr: '' });
    expect(await answer()).toContain('plan\t');
  });
});

test.each([
  [['completion'], 'missing required argument'],
  [['completion', 'bsh'], 'did you mean bash?'],
])('%j is refused with advice', async (argv, words) => {
  const { code, stdout, stderr } = await runHere(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(words);
});
