import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/model/history.js';
import { resolveHistoryOptions } from '../../src/options.js';
import { packFolder } from '../../src/run/pack-folder.js';
import { createFolder } from '../../src/sources/locations.js';
import { readHistory } from '../../src/sources/read-history.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const readJson = <T>(path: string, fallback: T): T =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : fallback;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plinth-packed-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe.each(FORMATS)('a folder of %s, taken elsewhere', (format) => {
  test.each(readdirSync(join(FIXTURES, format)))('is the history that it was: %s', async (name) => {
    const fixture = join(FIXTURES, format, name);
    const placeholders = readJson<Record<string, string>>(join(fixture, 'set.json'), {});
    const locations = readJson(join(fixture, 'locations.json'), ['.']).map((location) =>
      join(fixture, 'input', location),
    );
    const options = resolveHistoryOptions({ migrations: locations, set: placeholders }, {});
    if ('error' in readJson<object>(join(fixture, 'expected.json'), {})) {
      await expect(packFolder(options)).rejects.toThrow();
      return;
    }
    const before = await readHistory(createFolder(locations), { placeholders });
    const packed = await packFolder(options);
    for (const [path, content] of packed.files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const places = packed.locations.map((location) => join(root, location));
    const after = await readHistory(createFolder(places), { placeholders, format: packed.format });
    expect([after.digest, after.migrations, after.codeSteps]).toEqual([
      before.digest,
      before.migrations,
      before.codeSteps,
    ]);
  });
});
