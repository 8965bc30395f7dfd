import { describe, expect, test } from 'vitest';
import { getFlywayChecksum } from '../../src/ledgers/checksums.js';
import { createRecordedStep, withRecordedSteps } from '../../src/sources/recorded-steps.js';
import { readMemory } from '../sources/memory.js';
import { createToolFiles, TOOL_SQL } from '../support/tool-folders.js';
import { getSaid, readTool } from './support.js';

const checksumOf = (at: number): number => getFlywayChecksum(`${TOOL_SQL[at]}\n`);

const row = (version: string | null, more: Readonly<Record<string, unknown>> = {}) => ({
  version,
  description: 'a step',
  type: 'SQL',
  script: `V${version}__a_step.sql`,
  checksum: version === null ? null : checksumOf(Number(version) - 1),
  success: true,
  ...more,
});

describe('the table of Flyway', () => {
  test('has versions as they stand in the file names: 1, 001 and 1.0 are one', async () => {
    const rows = [row('001'), row('2.0', { checksum: checksumOf(1) })];
    expect(getSaid('flyway', await readTool('flyway'), rows)).toEqual({ applied: ['1', '2'] });
  });

  test('may begin with a baseline, which stands for all up to it, whatever their files say', async () => {
    const rows = [
      row(null, { type: 'SCHEMA', description: '<< Flyway Schema Creation >>', script: '"app"' }),
      row('2', { type: 'BASELINE', checksum: null, description: '<< Flyway Baseline >>' }),
    ];
    const changed = createToolFiles('flyway', 3, ['SELECT 1;', ...TOOL_SQL.slice(1)]);
    expect(getSaid('flyway', await readTool('flyway', changed), rows)).toEqual({ applied: ['1', '2'] });
  });

  test('tells what failed; what was undone or deleted is not applied, what came again is', async () => {
    const rows = [
      row('1'),
      row('2'),
      row('2', { type: 'UNDO_SQL' }),
      row('9'),
      row('9', { type: 'DELETE' }),
      row('3'),
      row('3', { type: 'UNDO_SQL' }),
      row('3'),
    ];
    expect(getSaid('flyway', await readTool('flyway'), rows)).toEqual({ applied: ['1', '3'] });
    expect(getSaid('flyway', await readTool('flyway'), [row('1'), row('2', { success: false })])).toEqual({
      applied: ['1'],
      unfinished: ['2'],
    });
  });

  test('tells changed files, and versions that the folder lacks, but for those of Java', async () => {
    const rows = [
      row('1', { checksum: 7 }),
      row('2'),
      row('8'),
      row('8.1', { type: 'JDBC', checksum: null }),
    ];
    expect(getSaid('flyway', await readTool('flyway'), rows)).toEqual({
      applied: ['1', '2'],
      changed: ['V001__a_step.sql'],
      unknown: ['8'],
    });
  });

  test('names a Java class by its version, be SQL recorded for it or not', async () => {
    const files = { ...createToolFiles('flyway', 2), 'V3_1__Rows.java': 'class V3_1__Rows {}' };
    const history = await readTool('flyway', files);
    const rows = [row('1'), row('2'), row('3.1', { type: 'JDBC', checksum: null })];
    expect(getSaid('flyway', history, rows)).toEqual({ applied: ['1', '2'] });
    const recorded = withRecordedSteps(history, [createRecordedStep('V3_1__Rows.java', 'SELECT 1;')]);
    expect(getSaid('flyway', recorded, rows)).toEqual({ applied: ['1', '2', 'step V3_1__Rows.java'] });
    const baseline = row('9', { type: 'BASELINE', checksum: null });
    expect(getSaid('flyway', recorded, [baseline]).applied).toHaveLength(3);
  });

  test('has a repeatable migration as it was the last time, with its placeholders replaced', async () => {
    const getText = (n: string): string => `CREATE OR REPLACE VIEW v AS SELECT ${n} AS n;\n`;
    const text = getText('$'.concat('{n}'));
    const replaced = getText('1');
    const history = await readMemory(
      { ...createToolFiles('flyway', 1), 'R__the_view.sql': text },
      { format: 'flyway', placeholders: { n: '1' } },
    );
    const repeatable = (of: string) =>
      row(null, { description: 'the view', script: 'R__the_view.sql', checksum: getFlywayChecksum(of) });
    const first = [row('1'), repeatable('SELECT 0')];
    expect(getSaid('flyway', history, first)).toEqual({ applied: ['1'], outdated: ['R__the_view'] });
    for (const now of [replaced, text])
      expect(getSaid('flyway', history, [...first, repeatable(now)])).toEqual({
        applied: ['1', 'R__the_view'],
      });
    const gone = row(null, { description: 'gone', script: 'R__gone.sql', checksum: 1 });
    expect(getSaid('flyway', history, [gone])).toEqual({ applied: [], unknown: ['R__gone.sql'] });
  });
});
