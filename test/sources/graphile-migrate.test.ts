import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createMemoryFolder } from '../../src/sources/folder.js';
import { parsePlaceholders } from '../../src/sources/graphile-migrate/settings.js';
import { readHistory } from '../../src/sources/read-history.js';
import { getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

/** Committed migrations, chained by their hashes as graphile-migrate commit writes them. */
function commit(bodies: Readonly<Record<string, string>>, folder = 'committed/'): Record<string, string> {
  let previous = '-';
  const files: Record<string, string> = {};
  for (const [name, body] of Object.entries(bodies)) {
    const text = `${`${previous === '-' ? '' : previous}\n${body}`.trim()}\n`;
    const hash = `sha1:${createHash('sha1').update(text).digest('hex')}`;
    files[folder + name] = `--! Previous: ${previous}\n--! Hash: ${hash}\n\n${body}\n`;
    previous = hash;
  }
  return files;
}

describe('graphile-migrate', () => {
  test('takes what is committed, in the order of the numbers, which with .sql are the ids', async () => {
    const files = {
      ...commit({ '000001.sql': 'SELECT 1;', '000002-a-b_c.sql': 'SELECT 2;', '000010.sql': 'SELECT 3' }),
      'committed/000003 x.sql': 'SELECT 0;',
      'current/1-current.sql': 'SELECT 0;',
      'fixtures/x/a.sql': 'SELECT 0;',
      'afterReset.sql': 'SELECT 0;',
    };
    const history = await readMemory(files);
    expect(history.format).toBe('graphile-migrate');
    expect(getIds(history)).toEqual(['000001.sql', '000002.sql', '000010.sql']);
    expect(getSql(history)).toEqual([['SELECT 1;'], ['SELECT 2;'], ['SELECT 3']]);
    expect(getPassedOver(history)).toEqual({
      'committed/000003 x.sql': 'not-a-migration-name',
      'current/1-current.sql': 'uncommitted',
      'fixtures/x/a.sql': 'fixture',
      'afterReset.sql': 'not-a-migration-name',
    });
    const inside = await readMemory(commit({ '000001.sql': 'SELECT 1;' }, ''));
    expect([inside.format, ...getIds(inside)]).toEqual(['graphile-migrate', '000001.sql']);
  });

  test.each([
    ['--! no-transaction\nSELECT 1;', 'none'],
    ['\n--!no-transaction: because\nSELECT 1;', 'none'],
    ['-- a title\n--! no-transaction\nSELECT 1;', 'each'],
  ])('%j runs with the transaction %s', async (body, transaction) => {
    const { migrations } = await readMemory(commit({ '1.sql': body }));
    expect(migrations[0]!.transaction).toBe(transaction);
  });

  test('puts values in the place of names in capitals that stand where no SQL could, then everywhere', async () => {
    const body = `GRANT ALL ON t TO :ROLE;
SELECT a[1:LAST], x::TEXT, ':ROLE' /* :ROLE */, ':OTHER', $$ :ROLE :DATABASE_NAME $$, "a:role", :ROLES`;
    const files = commit({ '1.sql': body });
    const placeholders = { ROLE: 'me', ROLES: '1', DATABASE_NAME: 'db' };
    expect(getSql(await readMemory(files, { placeholders }))[0]![0]).toBe(`GRANT ALL ON t TO me;
SELECT a[1:LAST], x::TEXT, 'me' /* me */, ':OTHER', $$ me db $$, "a:role", 1`);
    const error = await getError(files);
    expect(error.code).toBe('PLACEHOLDER_MISSING');
    expect(error.hint).toContain('--set ROLE=VALUE');
    expect(error.message).toContain('DATABASE_NAME');
    expect(error.message).not.toContain('OTHER');
  });

  test('has the placeholders of .gmrc, which others that are given go before', async () => {
    const rc = `{
      // "connectionString": "postgres://a:b@host/x", /* no value */
      "placeholders": {
        ":VISITOR": "visitor", // a comment
        /* ":OLD": "old", */
        ':OWNER': '!ENV',
      },
    }`;
    expect([...parsePlaceholders(rc)]).toEqual([
      ['VISITOR', 'visitor'],
      ['OWNER', null],
    ]);
    const files = commit({ '1.sql': "SELECT ':VISITOR', ':OLD', ':OWNER'" });
    const folder = {
      ...createMemoryFolder(files),
      readBeside: async (name: string) => (name === '.gmrc' ? new TextEncoder().encode(rc) : null),
    };
    await expect(readHistory(folder)).rejects.toMatchObject({ code: 'PLACEHOLDER_MISSING' });
    const given = await readHistory(folder, { placeholders: { OWNER: 'me' } });
    expect(getSql(given)).toEqual([["SELECT 'visitor', ':OLD', 'me'"]]);
    const both = await readHistory(folder, { placeholders: { OWNER: 'me', VISITOR: 'you' } });
    expect(getSql(both)).toEqual([["SELECT 'you', ':OLD', 'me'"]]);
  });

  test('refuses a chain that does not fit, and tells all of it', async () => {
    const files = commit({ '000001.sql': 'SELECT 1;', '000002.sql': 'SELECT 2;', '000003.sql': 'SELECT 3;' });
    const second = files['committed/000002.sql']!.replace('2;', '4;');
    const edited: Record<string, string> = { ...files, 'committed/000002.sql': second };
    const error = await getError(edited);
    expect(error.code).toBe('CHECKSUM_MISMATCH');
    expect(error.message).toMatch(
      /^committed\/000002.sql does not fit .*"--! Hash" is sha1:\w+, but its SQL has/,
    );
    const { 'committed/000001.sql': _, ...rest } = edited;
    const several = await getError(rest);
    expect(several.code).toBe('INPUT_INVALID');
    expect(several.message).toMatch(/"--! Previous" is sha1:\w+, but what stands before it has none/);
    const allowed = second.replace('\n\n', '\n--! AllowInvalidHash\n\n');
    expect(getIds(await readMemory({ ...files, 'committed/000002.sql': allowed }))).toHaveLength(3);
  });

  test('does not mind line ends that git changed', async () => {
    const files = Object.entries(commit({ '1.sql': 'SELECT\n1;', '2.sql': 'SELECT 2;' }));
    const history = await readMemory(
      Object.fromEntries(files.map(([name, text]) => [name, text.replaceAll('\n', '\r\n')])),
    );
    expect(getIds(history)).toEqual(['1.sql', '2.sql']);
  });

  test.each([
    ['--! Hash: sha1:x\n\nSELECT 1;', 'there is no "--! Previous:" line'],
    ['--! Previous: -\n\nSELECT 1;', 'there is no "--! Hash:" line'],
    ['--! Previous: -\n--! Previous: -\n\nSELECT 1;', '"--! Previous" stands there twice'],
    ['--! Previous: -\n--! Hash: sha1:x\nSELECT 1;', 'there is no empty line after the header'],
  ])('refuses the header of %j', async (text, problem) => {
    const error = await getError({ 'committed/1.sql': text }, { format: 'graphile-migrate' });
    expect(error.message).toBe(`committed/1.sql: ${problem}`);
  });
});
