import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OBSERVATION_FORMAT, type Observation } from '../../src/model/observation.js';
import {
  clearCacheDir,
  getObservationKey,
  readCached,
  readCachedByMeaning,
  readCacheEntries,
  writeCached,
} from '../../src/observe/cache.js';
import { readLockFile, writeLockFile } from '../../src/observe/lock-file.js';
import { getRespanned } from '../../src/observe/respan.js';
import { getStatementsDigest, parseHistory } from '../../src/sql/statements.js';
import { createHistory } from '../support/histories.js';
import { createObservation, createRandomObservation } from '../support/observations.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-cache-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const getObservation = (digest: string, seed = 1): Observation => ({
  ...createRandomObservation(seed),
  digest,
});

describe('a kept observation', () => {
  it('is found by its key, and by its meaning', async () => {
    const kept = getObservation('key');
    await writeCached(join(dir, 'made', 'here'), kept, 'meaning', '/folder');
    expect(await readCached(join(dir, 'made', 'here'), 'key')).toEqual(kept);
    expect(await readCachedByMeaning(join(dir, 'made', 'here'), 'meaning')).toEqual(kept);
    expect(await readCached(dir, 'key')).toBeNull();
    expect(await readCachedByMeaning(join(dir, 'made', 'here'), 'another')).toBeNull();
    expect(await readCacheEntries(join(dir, 'made', 'here'))).toEqual([
      expect.objectContaining({ digest: 'key', location: '/folder', statements: kept.statements.length }),
    ]);
  });

  it('has another key with another prelude or search path', () => {
    const keys = [
      getObservationKey('d', null, null),
      getObservationKey('d', 'create schema a', null),
      getObservationKey('d', 'create schema b', null),
      getObservationKey('d', null, 'a'),
      getObservationKey('d', 'create schema a', 'a'),
      getObservationKey('e', null, null),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    ['is cut off', (text: string) => text.slice(0, text.length / 2)],
    ['is empty', () => ''],
    ['is no object', () => '7'],
    ['is of another format', (text: string) => text.replace(OBSERVATION_FORMAT, 'plinth-observation/9')],
    ['is of another history', (text: string) => text.replace('"digest":"key"', '"digest":"other"')],
  ])('counts as none where its file %s, and is written again', async (_name, spoil) => {
    await writeCached(dir, getObservation('key'), 'meaning', 'x');
    const path = join(dir, 'key.observation.json');
    await writeFile(path, spoil(await readFile(path, 'utf8')));
    expect(await readCached(dir, 'key')).toBeNull();
    expect(await readCachedByMeaning(dir, 'meaning')).toBeNull();
    await writeCached(dir, getObservation('key'), 'meaning', 'x');
    expect(await readCached(dir, 'key')).toEqual(getObservation('key'));
  });

  it('that cannot be written is no error', async () => {
    await writeFile(join(dir, 'file'), '');
    await writeCached(join(dir, 'file'), getObservation('key'), 'meaning', 'x');
    expect(await readCached(join(dir, 'file'), 'key')).toBeNull();
    expect(await readCacheEntries(join(dir, 'nowhere'))).toEqual([]);
    expect(await clearCacheDir(join(dir, 'nowhere'))).toBe(0);
  });
});

describe('the cache', () => {
  it('keeps 64 entries, those that were used last, and no file beside them', async () => {
    for (let at = 0; at < 64; at += 1) {
      await writeCached(dir, getObservation(`key${at}`), `meaning${at}`, 'x');
      const then = new Date(Date.now() - (1000 - at) * 1000);
      await utimes(join(dir, `key${at}.observation.json`), then, then);
    }
    // Used just now: it stays, though it was written first.
    expect(await readCached(dir, 'key0')).not.toBeNull();
    for (const at of [64, 65, 66]) await writeCached(dir, getObservation(`key${at}`), `meaning${at}`, 'x');
    const digests = (await readCacheEntries(dir)).map(({ digest }) => digest);
    expect(digests).toHaveLength(64);
    expect(digests.slice(0, 4).sort()).toEqual(['key0', 'key64', 'key65', 'key66']);
    for (const gone of [1, 2, 3]) expect(digests).not.toContain(`key${gone}`);
    expect(await readCachedByMeaning(dir, 'meaning1')).toBeNull();
    expect((await readdir(dir)).filter((name) => name.endsWith('.key'))).toHaveLength(64);
  });

  it('is emptied as a whole, and leaves what is not its own', async () => {
    await writeCached(dir, getObservation('a'), 'ma', 'x');
    await writeCached(dir, getObservation('b'), 'mb', 'x');
    await writeFile(join(dir, 'mine.txt'), '');
    await writeFile(join(dir, 'c.observation.json.77.0badcafe.tmp'), '{');
    expect(await clearCacheDir(dir)).toBe(2);
    expect(await readdir(dir)).toEqual(['mine.txt']);
  });

  it('is whole at every moment while several processes write to it', async () => {
    const script = join(import.meta.dirname, '../../scripts/run-ts.mjs');
    const writers = [0, 1].map(
      () =>
        new Promise<number | null>((resolve, reject) => {
          const child = spawn(process.execPath, [
            script,
            join(import.meta.dirname, 'cache-writer.ts'),
            dir,
            '150',
          ]);
          child.once('error', reject);
          child.once('exit', resolve);
        }),
    );
    let left = 2;
    for (const writer of writers) void writer.finally(() => (left -= 1));
    let seen = 0;
    while (left > 0) {
      for (const name of (await readdir(dir)).filter((file) => file.endsWith('.observation.json'))) {
        const text = await readFile(join(dir, name), 'utf8');
        expect(() => JSON.parse(text)).not.toThrow();
        seen += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await Promise.all(writers)).toEqual([0, 0]);
    expect(seen).toBeGreaterThan(0);
    for (const seed of [0, 1, 2, 3, 4]) {
      expect(await readCached(dir, `key${seed}`)).toEqual(getObservation(`key${seed}`, seed));
    }
    expect((await readdir(dir)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 60_000);
});

describe('an observation of the same statements at other places', () => {
  it('gets the places of now, and keeps the rest', async () => {
    const then = await parseHistory(createHistory({ a: 'select 1; select 2' }));
    const now = await parseHistory(createHistory({ a: '-- é\r\nSELECT 1;\n\n  select /* x */ 2' }));
    const base = createObservation(['t'], [{ writes: [0] }, { needs: [0] }]);
    const observation: Observation = {
      ...base,
      statementsDigest: getStatementsDigest(then),
      statements: base.statements.map((s, at) => ({ ...s, digest: then[at]!.digest })),
    };
    const moved = getRespanned(observation, 'new key', now)!;
    expect(moved.statements.map(({ line, column, start, end }) => [line, column, start, end])).toEqual(
      now.map(({ line, column, start, end }) => [line, column, start, end]),
    );
    expect(moved).toMatchObject({ digest: 'new key', objects: base.objects });
    expect(moved.statements.map(({ effect }) => effect)).toEqual(base.statements.map(({ effect }) => effect));
    const other = await parseHistory(createHistory({ a: 'select 1; select 3' }));
    expect(getRespanned(observation, 'key', other)).toBeNull();
  });
});

describe('a lock file', () => {
  it('gives back what was written, one line a statement and an object', async () => {
    const path = join(dir, 'plinth.lock.json');
    for (const seed of [1, 2, 3]) {
      const observation = createRandomObservation(seed);
      await writeLockFile(path, observation);
      expect(await readLockFile(path)).toEqual(observation);
      const lines = (await readFile(path, 'utf8')).split('\n');
      for (const item of observation.objects) {
        expect(lines).toContainEqual(expect.stringContaining(JSON.stringify(item)));
      }
      for (const { migration, kind, start } of observation.statements) {
        expect(lines).toContainEqual(expect.stringMatching(`^\\[${migration},"${kind}",${start},`));
      }
    }
    await writeLockFile(path, createObservation([], []));
    expect(await readLockFile(path)).toEqual(createObservation([], []));
  });

  it('of an older Plinth is told from one that is broken', async () => {
    const path = join(dir, 'plinth.lock.json');
    await writeFile(path, '{"format":"plinth-lock/1","observation":{"format":"plinth-observation/1"}}');
    expect(await readLockFile(path)).toBe('older');
  });

  it('that is not there is none', async () => {
    expect(await readLockFile(join(dir, 'plinth.lock.json'))).toBeNull();
    await writeFile(join(dir, 'file'), '');
    expect(await readLockFile(join(dir, 'file', 'plinth.lock.json'))).toBeNull();
  });

  it('of a newer Plinth is told with both formats', async () => {
    const path = join(dir, 'plinth.lock.json');
    for (const [text, format] of [
      ['{"format":"plinth-lock/3"}', 'plinth-lock/3'],
      [
        '{"format":"plinth-lock/2","observation":{"format":"plinth-observation/99"}}',
        'plinth-observation/99',
      ],
    ] as const) {
      await writeFile(path, text);
      await expect(readLockFile(path)).rejects.toMatchObject({
        code: 'LOCK_FILE_NEWER',
        args: { path, format },
      });
    }
  });

  it('that was edited by hand is refused; other white space and line ends are no edit', async () => {
    const path = join(dir, 'plinth.lock.json');
    await writeLockFile(path, createRandomObservation(1));
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll('\n', '\r\n'));
    expect(await readLockFile(path)).toEqual(createRandomObservation(1));
    await writeFile(path, JSON.stringify(JSON.parse(text), null, 2));
    expect(await readLockFile(path)).toEqual(createRandomObservation(1));
    await writeFile(path, text.replace('"server": 1', '"server": 2'));
    await expect(readLockFile(path)).rejects.toMatchObject({ code: 'LOCK_FILE_EDITED', args: { path } });
  });

  it.each([
    ['no JSON', 'plinth', 'it is not JSON'],
    ['half merged', '{"format": "plinth-lock/2",\n<<<<<<< HEAD\n', 'conflict markers'],
    ['empty', '', 'it is not JSON'],
    ['of another format', '{"format":"npm/2"}', 'its format is "npm/2"'],
    ['without a format', '{}', 'its format is null'],
    ['with another observation', '{"format":"plinth-lock/2","observation":{"format":"x/2"}}', 'format'],
    ['a folder', null, 'EISDIR'],
  ])('that is %s is refused with its path', async (_name, text, reason) => {
    const path = text === null ? dir : join(dir, 'plinth.lock.json');
    if (text !== null) await writeFile(path, text);
    await expect(readLockFile(path)).rejects.toMatchObject({
      code: 'LOCK_FILE_INVALID',
      args: { path, reason: expect.stringContaining(reason) },
    });
  });
});
