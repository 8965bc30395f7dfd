// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Flyway and goose
import { describe, expect, test } from 'vitest';
import { getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

describe('flyway', () => {
  test('orders versions number by number, in subfolders, too', async () => {
    const history = await readMemory({
      'V1_10__d.sql': '',
      'V1.2__b.sql': '',
      'late/V001.9.0__c.sql': '',
      'V20240101000000__f.sql': '',
      'V081___e.sql': '',
      'V1__a.sql': '',
      'V20240101000000123__g.sql': '',
    });
    expect(history.format).toBe('flyway');
    expect(getIds(history)).toEqual(['1', '1.2', '1.9', '1.10', '81', '20240101000000', '20240101000000123']);
    expect(history.passedOver).toEqual([]);
  });

  test('holds 1.0, 1 and 001_0 for one version', async () => {
    const error = await getError({ 'V1.0__a.sql': '', 'V1__b.sql': '', 'x/V001_0__c.sql': '' });
    expect(error.code).toBe('VERSION_DUPLICATE');
    expect(error.args).toEqual({ version: '1', files: ['V1.0__a.sql', 'V1__b.sql', 'x/V001_0__c.sql'] });
  });

  test('says what each other file is', async () => {
    const history = await readMemory({
      'V1__a.sql': '',
      'V1__a.sql.conf': 'executeInTransaction = false\n',
      'U1__a.sql': '',
      'R__view.sql': '',
      'beforeMigrate.sql': '',
      'afterEachMigrate__log.sql': '',
      'V2__b.java': '',
      'Views.sql': '',
      'V.1__x.sql': '',
      '.hidden/V3__c.sql': '',
    });
    expect(getIds(history)).toEqual(['1', 'R__view']);
    expect(history.migrations[0]!.transaction).toBe('none');
    expect(getPassedOver(history)).toEqual({
      'V1__a.sql.conf': 'tool-metadata',
      'U1__a.sql': 'down-migration',
      'beforeMigrate.sql': 'callback',
      'afterEachMigrate__log.sql': 'callback',
      'V2__b.java': 'code-step',
      'Views.sql': 'not-a-migration-name',
      'V.1__x.sql': 'not-a-migration-name',
      '.hidden/V3__c.sql': 'hidden',
    });
  });

  test('puts what is repeatable last, by its description, and tells apart only by that', async () => {
    const history = await readMemory({
      'R__b_x.sql': 'SELECT 1;',
      'sub/R__a.sql': '',
      'R__Z.sql': '',
      'V9__a.sql': '',
      'R__2_a.sql': '',
      'R2__a.sql': '',
    });
    expect(getIds(history)).toEqual(['9', 'R__2_a', 'R__Z', 'R__a', 'R__b_x']);
    expect(history.migrations.map(({ contentDigest }) => contentDigest !== undefined)).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
    expect(getPassedOver(history)).toEqual({ 'R2__a.sql': 'not-a-migration-name' });
    const error = await getError({ 'a/R__x_y.sql': '', 'b/R__x_y.sql': '' });
    expect(error.args).toEqual({ version: 'R__x_y', files: ['a/R__x_y.sql', 'b/R__x_y.sql'] });
  });

  test('digests the content of what is repeatable with its values, without its line ends', async () => {
    const read = async (text: string, placeholders = {}) =>
      (await readMemory({ 'R__a.sql': text }, { placeholders })).migrations[0]!.contentDigest;
    const digest = await read('SELECT 1;\n-- x\nSELECT ${a};\n', { a: '2' });
    expect(await read('\uFEFFSELECT 1;\r\n-- x\r\nSELECT 2;', {})).toBe(digest);
    expect(await read('SELECT 1;\n-- x\nSELECT ${a};\n', { a: '3' })).not.toBe(digest);
    expect(await read('SELECT 1;\n-- y\nSELECT 2;')).not.toBe(digest);
  });

  test('takes a baseline only where the versions that it sums up are gone', async () => {
    const squashed = await readMemory({ 'B5__base.sql': '', 'B3__old.sql': '', 'V6__a.sql': '' });
    expect(getIds(squashed)).toEqual(['5', '6']);
    expect(getPassedOver(squashed)).toEqual({ 'B3__old.sql': 'baseline' });
    const whole = await readMemory({ 'B5__base.sql': '', 'V5__a.sql': '', 'V6__a.sql': '' });
    expect(getIds(whole)).toEqual(['5', '6']);
    expect(getPassedOver(whole)).toEqual({ 'B5__base.sql': 'baseline' });
  });

  test('reads names without a prefix where no name has one', async () => {
    const history = await readMemory({ '1__a.sql': '', '10__c.sql': '', '2.1__b.sql': '' });
    expect(history.format).toBe('flyway');
    expect(getIds(history)).toEqual(['1', '2.1', '10']);
  });

  test('replaces placeholders everywhere, whatever their case, and hides them behind "$$"', async () => {
    const text = "-- ${Owner}\nGRANT SELECT ON t TO ${owner}; SELECT '${flyway:filename}', $${owner}$$;";
    const history = await readMemory({ 'a/V1__x.sql': text }, { placeholders: { OWNER: 'app' } });
    expect(getSql(history)).toEqual([["-- app\nGRANT SELECT ON t TO app; SELECT 'V1__x.sql', $${owner}$$;"]]);
    expect(history.migrations[0]!.text).toBe(text);
  });

  test('names every placeholder without a value at once, also one in a comment, as Flyway does', async () => {
    const error = await getError(
      { 'V1__a.sql': 'SELECT ${a}, ${b}, ${c};', 'V2__b.sql': '-- ${a} ${d}' },
      { placeholders: { c: '' } },
    );
    expect(error.code).toBe('PLACEHOLDER_MISSING');
    expect(error.args).toEqual({
      missing: [
        { name: 'a', places: ['V1__a.sql:1', 'V2__b.sql:1'] },
        { name: 'b', places: ['V1__a.sql:1'] },
        { name: 'd', places: ['V2__b.sql:1'] },
      ],
    });
  });

  test('follows placeholderReplacement and shouldExecute of a .conf file', async () => {
    const history = await readMemory({
      'V1__a.sql': 'SELECT ${a};',
      'V1__a.sql.conf': '# settings\r\nplaceholderReplacement=false\r\n',
      'V2__b.sql': 'SELECT ${b};',
      'V2__b.sql.conf': 'shouldExecute=false',
    });
    expect(getSql(history)).toEqual([['SELECT ${a};'], []]);
    const error = await getError({ 'V1__a.sql': '', 'V1__a.sql.conf': 'shouldExecute=${env}==prod' });
    expect(error.code).toBe('HISTORY_MALFORMED');
  });
});
