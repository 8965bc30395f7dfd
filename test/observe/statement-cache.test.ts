import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearCacheDir } from '../../src/observe/cache.js';
import {
  type KeptStatements,
  readCachedStatements,
  writeCachedStatements,
} from '../../src/observe/statement-cache.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-cache-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const KEPT: KeptStatements = {
  meaning: 'meaning',
  statements: [
    {
      ...{ migration: 0, index: 0, kind: 'CopyStmt', start: 3, end: 20, line: 2, column: 1, digest: 'd' },
      ...{ outside: false, session: false, roles: ['owner'], concurrently: null, rows: [21, 30] },
    },
  ],
};

describe('kept statements', () => {
  it('are found by their key, and go with everything else that is kept', async () => {
    await writeCachedStatements(join(dir, 'made'), 'key', KEPT);
    expect(readCachedStatements(join(dir, 'made'), 'key')).toEqual(KEPT);
    expect(readCachedStatements(join(dir, 'made'), 'other')).toBeNull();
    await clearCacheDir(join(dir, 'made'));
    expect(await readdir(join(dir, 'made'))).toEqual([]);
  });

  it.each([
    ['is cut off', (text: string) => text.slice(0, text.length / 2)],
    ['is empty', () => ''],
    ['is no object', () => '7'],
    ['is null', () => 'null'],
    ['is of another format', (text: string) => text.replace('plinth-statements/1', 'plinth-statements/0')],
    ['is of another history', (text: string) => text.replace(' key ', ' other ')],
    [
      'has a statement less',
      (text: string) => text.replace(/\n.*/s, `\n${JSON.stringify({ ...KEPT, statements: [] })}`),
    ],
    ['has another place', (text: string) => text.replace('"start":3', '"start":4')],
  ])('count as none where their file %s, and are written again', async (_name, spoil) => {
    await writeCachedStatements(dir, 'key', KEPT);
    const path = join(dir, 'key.statements.json');
    await writeFile(path, spoil(await readFile(path, 'utf8')));
    expect(readCachedStatements(dir, 'key')).toBeNull();
    await writeCachedStatements(dir, 'key', KEPT);
    expect(readCachedStatements(dir, 'key')).toEqual(KEPT);
  });

  it('that cannot be written are no error', async () => {
    await writeFile(join(dir, 'file'), '');
    await writeCachedStatements(join(dir, 'file'), 'key', KEPT);
    expect(readCachedStatements(join(dir, 'file'), 'key')).toBeNull();
  });

  it('are of the 64 histories that were used last', async () => {
    for (let at = 0; at < 64; at += 1) await writeCachedStatements(dir, `key${at}`, KEPT);
    const [old, older] = [new Date('2001-01-01'), new Date('2000-01-01')];
    await utimes(join(dir, 'key7.statements.json'), older, older);
    await utimes(join(dir, 'key8.statements.json'), old, old);
    expect(readCachedStatements(dir, 'key7')).toEqual(KEPT);
    await writeCachedStatements(dir, 'key64', KEPT);
    expect(readCachedStatements(dir, 'key7')).toEqual(KEPT);
    expect(readCachedStatements(dir, 'key8')).toBeNull();
    expect(await readdir(dir)).toHaveLength(64);
  });
});
