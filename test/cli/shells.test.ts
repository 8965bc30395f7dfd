import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, createBundle } from './helpers/bundle.js';

const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

let bundle: Bundle;
let dir: string;
let env: Record<string, string>;

// The program on the path, in a project with settings and a lock file.
beforeAll(async () => {
  bundle = await createBundle({ cli: 'src/cli/main.ts' });
  dir = await realpath(await mkdtemp(join(tmpdir(), 'plinth-shells-')));
  await chmod(dir, 0o755);
  const bin = join(dir, 'bin');
  await mkdir(join(dir, 'project/db/migrations'), { recursive: true });
  await mkdir(bin);
  await writeFile(join(bin, 'plinth'), `#!/bin/sh\nexec "${process.execPath}" "${bundle.dir}/cli.js" "$@"\n`);
  await chmod(join(bin, 'plinth'), 0o755);
  await writeFile(
    join(dir, 'project/db/migrations/1.sql'),
    'CREATE TABLE orders (); CREATE TABLE invoices (); CREATE SCHEMA app; CREATE TABLE app.users (); CREATE TABLE "Odd one" ();',
  );
  await writeFile(
    join(dir, 'project/plinth.json'),
    JSON.stringify({
      migrations: 'db/migrations',
      services: { checkout: { tables: ['orders'] } },
      targets: { local: { embedded: 'data' } },
    }),
  );
  env = {
    PATH: `${bin}${delimiter}${process.env['PATH']}`,
    HOME: dir,
    ZDOTDIR: dir,
    PLINTH_CACHE_DIR: join(dir, 'cache'),
    TERM: 'dumb',
    RESULT: join(dir, 'result'),
  };
  execFileSync(join(bin, 'plinth'), ['prove'], { cwd: join(dir, 'project'), env, stdio: 'ignore' });
});
afterAll(async () => {
  await bundle.remove();
  await rm(dir, { recursive: true, force: true });
});

/** What is typed before the tab key, and the words that the shell makes of it. */
const LINES: readonly (readonly [typed: string, ...words: string[]])[] = [
  ['plinth pl', 'plan'],
  ['plinth plan --left', 'plan', '--left-out'],
  ['plinth plan --format goo', 'plan', '--format', 'goose'],
  ['plinth plan --format=goo', 'plan', '--format=goose'],
  ['plinth plan -t orders,inv', 'plan', '-t', 'orders,invoices'],
  ['plinth plan --tables=orders,app', 'plan', '--tables=orders,app.users'],
  ["plinth plan -t 'ord", 'plan', '-t', 'orders'],
  ['plinth apply --service che', 'apply', '--service', 'checkout'],
  [
    'plinth apply --url postgres://h:1/d --set a=b --targ',
    'apply',
    '--url',
    'postgres://h:1/d',
    '--set',
    'a=b',
    '--target',
  ],
  ['plinth apply --target loc', 'apply', '--target', 'local'],
];

// A terminal as a user has it: what is typed goes through the shell's own editing of lines.
interface Terminal {
  readonly child: ChildProcessWithoutNullStreams;
  complete(typed: string): Promise<readonly string[]>;
}

async function openTerminal(command: string): Promise<Terminal> {
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: join(dir, 'project'), env });
  let seen = '';
  child.stdout.on('data', (chunk) => (seen += chunk));
  const until = async <T>(read: () => Promise<T | null> | T | null): Promise<T> => {
    for (;;) {
      const found = await read();
      if (found !== null) return found;
      if (child.exitCode !== null) throw new Error(`the shell ended:\n${seen}`);
      await sleep(20);
    }
  };
  await until(() => (seen.includes('READY> ') ? true : null));
  return {
    child,
    async complete(typed) {
      const file = env['RESULT']!;
      // To the front of the line, then a command that tells its words.
      child.stdin.write(`${typed}\t\x01show \r`);
      const text = await until(() => readFile(file, 'utf8').catch(() => null));
      await rm(file);
      return text.split('\n').slice(1, -1);
    },
  };
}

async function closeTerminal({ child }: Terminal): Promise<void> {
  const ended = once(child, 'close');
  child.stdin.end('exit\r');
  await ended;
}

const SHOW = `show() { printf '%s\\n' "$@" > "$RESULT.new" && mv "$RESULT.new" "$RESULT"; }`;

describe.each([
  [
    'bash',
    'bash --noprofile --rcfile rc -i',
    'rc',
    `bind 'set bell-style none'\nsource <(plinth completion bash)`,
  ],
  ['zsh', 'zsh -i', '../.zshrc', 'autoload -Uz compinit\ncompinit -D -u\nsource <(plinth completion zsh)'],
])('%s', (shell, command, rc, setup) => {
  const isThere = has(shell) && has('script');
  if (!isThere) console.log(`${shell}, or script of util-linux, is not here: its completion is not tested.`);

  describe.runIf(isThere)('completes', () => {
    let terminal: Terminal;
    beforeAll(async () => {
      await writeFile(join(dir, 'project', rc), `${setup}\n${SHOW}\nPS1='READY> '\n`);
      terminal = await openTerminal(command);
    });
    afterAll(() => closeTerminal(terminal));

    test.each(LINES)('%s', async (typed, ...words) => {
      expect(await terminal.complete(typed)).toEqual(words);
    });

    test('files and folders', async () => {
      const strip = (words: readonly string[]): string[] => words.map((word) => word.replace(/\/$/, ''));
      expect(strip(await terminal.complete('plinth plan -m db/m'))).toEqual(['plan', '-m', 'db/migrations']);
      expect(strip(await terminal.complete('plinth plan --migrations=db/m'))).toEqual([
        'plan',
        '--migrations=db/migrations',
      ]);
      expect(strip(await terminal.complete('plinth init --config pli'))).toEqual([
        'init',
        '--config',
        'plinth.json',
      ]);
      // A file is no folder.
      expect(await terminal.complete('plinth apply --embedded pli')).toEqual(['apply', '--embedded', 'pli']);
    });

    test('runs nothing of what is typed', async () => {
      // The last key takes the line away.
      terminal.child.stdin.write(
        'plinth plan --migrations `touch ran` --prelude "$(touch ran)" --format=goo\t\x15',
      );
      expect(await terminal.complete('plinth pl')).toEqual(['plan']);
      await expect(readFile(join(dir, 'project/ran'))).rejects.toThrow('ENOENT');
    });
  });
});

describe('fish', () => {
  const isThere = has('fish');
  if (!isThere) console.log('fish is not here: its completion is not tested.');

  /** The words that fish offers for what is typed, without their descriptions. */
  function complete(typed: string): string[] {
    const script = 'plinth completion fish | source; complete -C $argv[1]';
    const options = { cwd: join(dir, 'project'), env, encoding: 'utf8' } as const;
    return execFileSync('fish', ['--no-config', '-c', script, typed], options)
      .split('\n')
      .filter(Boolean)
      .map((line) => line.replace(/\t.*/, ''));
  }

  describe.runIf(isThere)('completes', () => {
    test.each(LINES)('%s', (typed, ...words) => {
      expect(complete(typed)).toEqual(words.slice(-1));
    });

    test('files and folders', () => {
      expect(complete('plinth plan -m db/m')).toEqual(['db/migrations/']);
      expect(complete('plinth plan --migrations=db/m')).toEqual(['--migrations=db/migrations/']);
      expect(complete('plinth init --config pli')).toEqual(['plinth.json']);
      expect(complete('plinth apply --embedded pli')).toEqual([]);
    });
  });
});

test('kubectl asks the program under a name of its own', async () => {
  await symlink(join(bundle.dir, 'cli.js'), join(bundle.dir, 'kubectl_complete-plinth'));
  const argv = [join(bundle.dir, 'kubectl_complete-plinth'), 'plan', '--tables', 'o'];
  expect(execFileSync(process.execPath, argv, { cwd: join(dir, 'project'), env, encoding: 'utf8' })).toBe(
    'orders\n:4\n',
  );
});
