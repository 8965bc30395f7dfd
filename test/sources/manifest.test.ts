import { describe, expect, test } from 'vitest';
import { parseJsonList, parseTextList } from '../../src/sources/manifest/list.js';
import { getError, getIds, getPassedOver, readMemory } from './memory.js';

describe('a list', () => {
  test.each([
    ['names', '["a.sql", "b"]', ['a.sql', 'b']],
    ['objects', '[{"path": "a.sql"}, {"up": "b.up.sql", "down": "b.down.sql"}]', ['a.sql', 'b.up.sql']],
    ['a list below a key', '{"name": "x", "migrations": ["a.sql"]}', ['a.sql']],
    ['something else', '{"name": "x", "icons": []}', null],
    ['an entry without a file', '[{"id": 1}]', null],
    ['no JSON', '{', null],
  ])('in JSON may be of %s', (_, text, entries) => {
    expect(parseJsonList(text)).toEqual(entries);
  });

  test('in text is a name a line', () => {
    expect(parseTextList('# one\r\na.sql\r\n\r\n  b c.sql -- two\n// three\n#d.sql\ne#1.sql')).toEqual([
      'a.sql',
      'b c.sql',
      'e#1.sql',
    ]);
  });

  test.each(['manifest.json', 'MANIFEST', 'order.txt', 'migrations.list', 'files.lst'])(
    'is found in %s, and says the order',
    async (name) => {
      const list = name.endsWith('json') ? '["b.sql", "a.sql"]' : 'b.sql\na.sql\n';
      const history = await readMemory({ [name]: list, 'a.sql': '', 'b.sql': '', 'c.sql': '', 'd.md': '' });
      expect(history.format).toBe('manifest');
      expect(getIds(history)).toEqual(['b.sql', 'a.sql']);
      expect(getPassedOver(history)).toEqual({
        [name]: 'tool-metadata',
        'c.sql': 'not-in-manifest',
        'd.md': 'not-sql',
      });
    },
  );

  test.each([
    ['of other things', { 'manifest.json': '{"files": ["a.css"]}' }],
    ['that is none', { 'files.txt': 'Some words about a.sql\n' }],
    ['below', { 'web/manifest.json': '["a.sql"]' }],
  ])('%s is no list of migrations', async (_, files) => {
    expect((await readMemory({ ...files, 'a.sql': '' })).format).toBe('plain');
  });

  test('with a file that is missing or named twice is refused, all of it at once', async () => {
    const error = await getError({
      'manifest.json': '["a.sql", "gone.sql", "./a", "../out.sql"]',
      'a.sql': '',
      'order.txt': 'a.sql',
    });
    for (const words of [
      'manifest.json: names gone.sql, which is no SQL file of the folder',
      'manifest.json: names ./a twice',
      'manifest.json: names ../out.sql, which',
      'order.txt: names SQL files, and so does manifest.json',
    ]) {
      expect(error.message).toContain(words);
    }
  });

  test('does not make plain SQL of files with a way back, and leaves open who owns them', async () => {
    const files = { 'order.txt': '1_a.sql', '1_a.sql': '-- +goose Up\n-- +goose Down\n' };
    expect((await getError(files)).code).toBe('FORMAT_AMBIGUOUS');
    expect((await getError(files, { format: 'manifest' })).message).toContain("goose's marks");
  });
});

describe('versions with manifests', () => {
  const render = (version: string, ...files: string[]): string =>
    JSON.stringify({ CurrVersion: version, SchemaUpdateCqlFiles: files });

  test('are ordered by number, and run statement by statement', async () => {
    const history = await readMemory({
      'v1.10/manifest.json': render('1.10', 'x.sql'),
      'v1.10/x.sql': '',
      'v1.9/manifest.json': render('v1.9', 'b.sql', 'a.sql'),
      'v1.9/a.sql': '',
      'v1.9/b.sql': '',
      'v1.11/manifest.json': '{"CurrVersion": "1.11", "SchemaUpdateCqlFiles": [], "AllowNoCqlFiles": true}',
    });
    expect(getIds(history)).toEqual(['v1.9/b.sql', 'v1.9/a.sql', 'v1.10/x.sql']);
    expect(history.migrations.map(({ transaction }) => transaction)).toEqual(['none', 'none', 'none']);
  });

  test('that do not fit their folders, name no file, or one that is not there, are refused', async () => {
    const error = await getError({
      'v1.0/manifest.json': render('1.1', 'a.sql'),
      'v1.0/a.sql': '',
      'v1.2/manifest.json': render('1.2'),
      'v1.3/manifest.json': render('1.3', 'gone.sql'),
      'other/v1.0/manifest.json': render('1.0', 'b.sql'),
      'other/v1.0/b.sql': '',
    });
    for (const words of [
      'v1.0/manifest.json: is of version 1.1 and lies in v1.0',
      'v1.2/manifest.json: names no file',
      'v1.3/manifest.json: names gone.sql, which is not there',
      'of two schemas',
    ]) {
      expect(error.message).toContain(words);
    }
  });
});
