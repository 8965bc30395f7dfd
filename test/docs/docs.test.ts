import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DOCS_BLOCKS } from '../../scripts/docs-blocks.js';
import { EXIT_CODES, getExitCode } from '../../src/cli/exit-codes.js';
import type { PlinthError } from '../../src/errors.js';
import { FORMATS } from '../../src/model/history.js';
import { ERROR_WORDS, type ErrorCode } from '../../src/report/error-words.js';
import { runHere } from '../cli/helpers/run.js';

const root = new URL('../..', import.meta.url).pathname;
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('docs/errors.md', () => {
  const sections = read('docs/errors.md').split(/^### /m).slice(1);

  test('has every code once, and no other', () => {
    const codes = sections.map((section) => section.split('\n')[0]);
    expect([...codes].sort()).toEqual(Object.keys(ERROR_WORDS).sort());
  });

  test.each(sections.map((section) => [section.split('\n')[0] as ErrorCode, section] as const))(
    '%s has its exit code and what to do',
    (code, section) => {
      const error = { code, [Symbol.for('plinth.error')]: true } as unknown as PlinthError;
      expect(section).toContain(`Exit code ${getExitCode(error)}.`);
      expect(section).toContain('**What to do:**');
    },
  );
});

describe('docs/formats.md', () => {
  const text = read('docs/formats.md');
  const rows = /<!-- formats -->\n([\s\S]*?)\n<!-- \/formats -->/.exec(text)?.[1]?.split('\n').slice(2) ?? [];
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.split('\n', 1)[0]!, section]),
  );

  test('has one row for every format', () => {
    const linked = rows.map((row) => /^\| \[`([^`]+)`\]\(#([^)]+)\) \|/.exec(row)?.slice(1, 3));
    expect(linked).toHaveLength(FORMATS.length);
    expect([...linked].sort()).toEqual(FORMATS.map((format) => [format, format]).sort());
  });

  test.each(FORMATS)(
    'tells of %s what is read, in which order, in which transactions, and what is not',
    (format) => {
      const parts = [...(sections.get(format) ?? '').matchAll(/^- \*\*(.+?):\*\* \S/gm)].map(
        ([, part]) => part,
      );
      expect(parts).toEqual(['Read', 'Order', 'Transactions', 'Ignored', "The tool's own page"]);
    },
  );
});

describe('what the program says of itself', () => {
  const helps = [...read('docs/cli.md').matchAll(/<!-- help: ?(.*?) ?-->\n```text\n([\s\S]*?)\n```/g)];

  test('all commands are in docs/cli.md', () => {
    expect(helps.map(([, command]) => command)).toEqual([
      '',
      'plan',
      'apply',
      'verify',
      'wait',
      'prove',
      'tables',
      'report',
      'init',
      'kubernaut',
      'completion',
      'status',
      'unlock',
      'doctor',
      'manifest',
      'fleet',
      'cache',
    ]);
  });

  test.each(helps.map(([, command, text]) => [command!, text!] as const))(
    'the help of %j is as printed (npm run docs)',
    async (command, text) => {
      const { stdout } = await runHere([...command.split(' ').filter(Boolean), '--help']);
      expect(text).toBe(stdout.trimEnd());
    },
  );

  test.each(['docs/cli.md', 'README.md'])('%s lists the exit codes', (name) => {
    const block = /<!-- exit-codes -->\n([\s\S]*?)\n<!-- \/exit-codes -->/.exec(read(name))?.[1];
    const rows = Object.entries(EXIT_CODES).map(([code, text]) => `| ${code} | ${text} |`);
    expect(block?.split('\n').slice(2)).toEqual(rows);
  });
});

test.each(Object.keys(DOCS_BLOCKS))('the block %j is as the sources have it (npm run docs)', (name) => {
  const marker = new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)\\n<!-- /${name} -->`);
  const found = documents.flatMap((document) => marker.exec(read(document))?.[1] ?? []);
  expect(found).toEqual([DOCS_BLOCKS[name]!()]);
});

test.each(documents)('the links of %s lead somewhere', (name) => {
  const text = read(name).replace(/```[\s\S]*?```/g, '');
  const dead = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)/g)].filter(([, path, anchor]) => {
    const target = path === '' ? join(root, name) : join(root, dirname(name), path!);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !readAnchors(readFileSync(target, 'utf8')).includes(anchor.slice(1));
  });
  expect(dead.map(([link]) => link)).toEqual([]);
});

const readAnchors = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
