import { describe, expect, test } from 'vitest';
import { createMemoryFolder } from '../../src/sources/folder.js';
import { readHistory } from '../../src/sources/read-history.js';
import { parseTernData } from '../../src/sources/tern/data.js';
import { getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

const MARK = '---- create above / drop below ----';

describe('tern', () => {
  test('runs what stands above the mark, by number; the number is the id', async () => {
    const history = await readMemory({
      '1_a.sql': `select 1;\n\n${MARK}\n\nselect 0;`,
      '002_b.sql': 'select 2;',
      '03_c.sql': `select 3; ${MARK} select 0; ${MARK}`,
      '4.sql': 'select 0;',
      'code/001_d.sql': 'select 0;',
    });
    expect(history.format).toBe('tern');
    expect(getIds(history)).toEqual(['1', '2', '3']);
    expect(getSql(history)).toEqual([['select 1;'], ['select 2;'], ['select 3;']]);
    expect(getPassedOver(history)).toEqual({
      '4.sql': 'not-a-migration-name',
      'code/001_d.sql': 'subfolder',
    });
  });

  test.each([
    ['---- tern: disable-tx ----\nselect 1;', 'none'],
    ['select 1;\r\n---- tern: disable-tx ----\r\n', 'none'],
    [' ---- tern: disable-tx ----\nselect 1;', 'each'],
    [`select 1;\n${MARK}\n---- tern: disable-tx ----\n`, 'each'],
  ])('%j runs with the transaction %s', async (text, transaction) => {
    const { migrations } = await readMemory({ '1_a.sql': text, 'tern.conf': '' });
    expect(migrations[0]!.transaction).toBe(transaction);
  });

  test('has the values of tern.conf, which others that are given go before', async () => {
    const files = {
      '1_a.sql': 'create table {{.prefix}}a (); grant all on {{.prefix}}a to {{ .user }};',
      'tern.conf': '[data]\nprefix = x_\nuser = me\n',
    };
    expect(getSql(await readMemory(files))).toEqual([['create table x_a (); grant all on x_a to me;']]);
    const given = await readMemory(files, { placeholders: { user: 'you' } });
    expect(getSql(given)).toEqual([['create table x_a (); grant all on x_a to you;']]);
    const error = await getError({ ...files, 'tern.conf': '[data]\nprefix = x_\n' });
    expect(error.code).toBe('PLACEHOLDER_MISSING');
    expect(error.message).toContain('user');
  });

  test('has the values of a tern.conf around the folder', async () => {
    const folder = {
      ...createMemoryFolder({ '1_a.sql': `create table {{.prefix}}a ();\n${MARK}` }),
      readBeside: async () => new TextEncoder().encode('[data]\nprefix = x_'),
    };
    expect(getSql(await readHistory(folder))).toEqual([['create table x_a ();']]);
  });

  test('reads nothing of tern.conf but its data', () => {
    const text = `[database]\npassword = secret\n; note = 1\n[data]\r\n# a = 1\na=1 = 2\r\n b = {{ env "B" }}\n[ssh-tunnel]\nhost = h`;
    expect(parseTernData(text)).toEqual({ a: '1 = 2' });
  });

  test('includes files of subfolders where they are named, with places in them', async () => {
    const history = await readMemory({
      '1_a.sql': `select 1;\n{{ template "shared/b.sql" . }}\nselect 4;\n${MARK}\n{{ template "shared/none.sql" . }}`,
      'shared/b.sql': 'select 2;\n{{template "shared/deep/c.sql"}}',
      'shared/deep/c.sql': 'select {{ .three }}',
      'tern.conf': '[data]\nthree = 3',
    });
    expect(getSql(history)).toEqual([['select 1;', 'select 2;', 'select 3', '', 'select 4;']]);
    expect(history.migrations[0]!.included?.map(({ name }) => name)).toEqual([
      'shared/b.sql',
      'shared/deep/c.sql',
    ]);
    expect(getPassedOver(history)).toEqual({
      'shared/b.sql': 'included',
      'shared/deep/c.sql': 'included',
      'tern.conf': 'tool-metadata',
    });
  });

  test('tells all that tern would refuse at once', async () => {
    const error = await getError({
      '0_zero.sql': '',
      '2_a.sql': '{{ template "a/loop.sql" . }}',
      '2_b.sql': '\n{{ template "3_c.sql" . }}',
      '6_c.sql': '{{ if .x }}select 1;{{ end }}',
      'a/loop.sql': 'select 1;\n{{ template "a/loop.sql" . }}',
      'tern.conf': '',
    });
    expect(error.args).toEqual({
      problems: [
        'version 2 stands in 2 files: 2_a.sql, 2_b.sql',
        '0_zero.sql: there is no number 0',
        '2_a.sql: 1 is missing before it',
        '6_c.sql: 3 to 5 are missing before it',
        'a/loop.sql: line 2: template "a/loop.sql": it includes itself',
        '2_b.sql: line 2: template "3_c.sql": there is no such file',
        '6_c.sql: line 1: {{ if .x }} is a step of a template',
        '6_c.sql: line 1: {{ end }} is a step of a template',
      ],
    });
  });
});
