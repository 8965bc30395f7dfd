import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Effect, Observation } from '../../src/model/observation.js';
import { readEffect, writeEffect } from '../../src/observe/lock-effect.js';
import { readLockFile, writeLockFile } from '../../src/observe/lock-file.js';
import { parseOrdinals, renderOrdinals } from '../../src/observe/ordinals.js';
import { createObservation } from '../support/observations.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('ordinals', () => {
  it.each([
    [[], ''],
    [[3], '3'],
    [[0, 1, 2, 7, 9, 10], '0-2,7,9-10'],
  ])('%j are written as %j and read back', (ordinals, text) => {
    expect(renderOrdinals(ordinals)).toBe(text);
    expect(parseOrdinals(text)).toEqual(ordinals);
  });
});

describe('an effect', () => {
  const empty: Effect = { writes: [], needs: [], conditional: [], parts: [], creates: [] };
  it.each<[Partial<Effect>, object]>([
    [{}, {}],
    [{ writes: [4], needs: [4] }, { w: [4] }],
    [
      { writes: [4], needs: [2, 4, 9] },
      { w: [4], n: [2, 9] },
    ],
    [
      { writes: [4, 5], needs: [2, 4] },
      { w: [4, 5], n: [2], u: [5] },
    ],
    [
      {
        parts: [
          [1, 'index a'],
          [1, 'index b'],
          [2, 'index c'],
        ],
      },
      {
        p: [
          [1, 'index a', 'index b'],
          [2, 'index c'],
        ],
      },
    ],
    [
      { writes: [1], creates: [1], before: [0] },
      { w: [1], u: [1], m: [1], b: [0] },
    ],
    [
      { idle: true, targets: [3] },
      { idle: true, targets: [3] },
    ],
  ])('%j is written without what is empty, and read back', (given, written) => {
    const effect = { ...empty, ...given };
    expect(writeEffect(effect, () => 0)).toEqual(written);
    expect(
      readEffect(
        writeEffect(effect, () => 0),
        [],
      ),
    ).toEqual(effect);
  });

  it('counts conditional needs in the list of all', () => {
    const need = [1, 2, 'trigger t'] as const;
    const written = writeEffect({ ...empty, conditional: [need] }, () => 7);
    expect(written).toEqual({ c: [7] });
    expect(readEffect({ c: [0] }, [need]).conditional).toEqual([need]);
  });
});

it('a lock file has what was proven: a line a table, and what was recorded', async () => {
  const path = join(dir, 'plinth.lock.json');
  const base = createObservation(['a', 'b', 'c'], [{ writes: [0] }, { writes: [1] }, { writes: [2] }]);
  const why = { code: 'SLICE_DIFFERS', args: { table: 'public.b' } };
  const [a, b, c] = base.tables;
  const observation: Observation = {
    ...base,
    tables: [
      { ...a!, proof: { standing: 'proven', statements: [0, 1, 2], order: [] } },
      { ...b!, proof: { standing: 'enlarged', statements: [0, 2], order: [1], why } },
      c!,
    ],
    enlarged: [[1, [2]]],
    steps: [{ name: 'fill.go', digest: 'd', sql: "insert into a values ('\n')" }],
  };
  await writeLockFile(path, observation);
  expect(await readLockFile(path)).toEqual(observation);
  const lines = (await readFile(path, 'utf8')).split('\n');
  expect(lines).toContain(
    '{"name":"a","schema":"public","object":0,"standing":"proven","statements":"0-2"},'.replace(
      '"name":"a","schema":"public"',
      '"schema":"public","name":"a"',
    ),
  );
  expect(lines).toContainEqual(
    expect.stringContaining('"standing":"enlarged","statements":"0,2","order":"1","why"'),
  );
});
