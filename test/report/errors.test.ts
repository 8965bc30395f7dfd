import { describe, expect, test } from 'vitest';
import { MigrationFailedError, PlinthError } from '../../src/errors.js';
import type { RunResult } from '../../src/model/result.js';
import { renderErrorText } from '../../src/report/error-text.js';
import { renderErrorJson, renderEventJson, renderResultJson } from '../../src/report/ndjson.js';
import { renderResult } from '../../src/report/result-text.js';

const RESULT: RunResult = {
  outcome: 'failed',
  run: 'r1',
  tables: ['public.audit_events'],
  created: [],
  adopted: [],
  already: 0,
  steps: [
    { migration: '001.sql', statement: 0, line: 1, status: 'applied' },
    { migration: '002.sql', statement: 0, line: 1, status: 'failed' },
    { migration: '002.sql', statement: 1, line: 4, status: 'not-executed' },
  ],
  findings: [],
  verified: null,
  elapsedMs: 120,
};

function createFailure(): MigrationFailedError {
  const error = new MigrationFailedError(
    'MIGRATION_FAILED',
    {
      migration: '002.sql',
      reason: 'type "uid" does not exist',
      sqlstate: '42704',
      detail: null,
      serverHint: null,
      where: null,
      built: null,
      advice: null,
    },
    {
      place: {
        file: 'db/002.sql',
        line: 2,
        column: 6,
        excerpt: [
          [1, 'CREATE TABLE t ('],
          [2, '  id uid'],
          [3, ');'],
        ],
      },
      findings: [{ code: 'INDEX_REBUILT', severity: 'info', args: { index: 'i' }, evidence: ['seen'] }],
      cause: new Error('from postgres://u:hunter2@h/db'),
    },
  );
  error.result = RESULT;
  return error;
}

describe('an error for people', () => {
  test('tells what, where, what is committed, and what next', () => {
    expect(renderErrorText(createFailure())).toMatchInlineSnapshot(`
      "error[MIGRATION_FAILED]: migration '002.sql' failed: type "uid" does not exist (SQLSTATE 42704)
        at db/002.sql:2:6
        1 | CREATE TABLE t (
        2 |   id uid
          |      ^
        3 | );
        info: dropped the invalid index i, left by a run that was cut off, and built it again
          seen
      committed: 1 statement of 001.sql; not executed: 1 statement
      "
    `);
  });

  test('holds no password, not even in its causes', () => {
    const text = renderErrorText(createFailure(), { verbose: true });
    expect(text).toContain('caused by');
    expect(text).not.toContain('hunter2');
  });

  test('that nobody expected shows its stack only on request', () => {
    const error = new TypeError('x is not a function');
    expect(renderErrorText(error)).not.toContain('errors.test');
    expect(renderErrorText(error, { verbose: true })).toContain('errors.test');
    expect(renderErrorText('text')).toContain('text');
  });

  test('of SQL that does not parse shows each place once', () => {
    const place = createFailure().place!;
    const error = new PlinthError('SQL_INVALID', { problems: [{ place, message: 'no' }] }, { place });
    expect(renderErrorText(error).split('db/002.sql:2:6')).toHaveLength(2);
  });
});

describe('NDJSON', () => {
  test('has a versioned line for an error, with what happened to each step', () => {
    const line = renderErrorJson(createFailure());
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toMatchObject({
      format: 'plinth-events/1',
      type: 'error',
      code: 'MIGRATION_FAILED',
      hint: null,
      place: { file: 'db/002.sql', line: 2, column: 6 },
      findings: [{ code: 'INDEX_REBUILT' }],
      result: { outcome: 'failed' },
    });
    expect(JSON.parse(renderErrorJson(new Error('x')))).toMatchObject({ code: 'UNEXPECTED', message: 'x' });
  });

  test('has a line for each event and for the result, without passwords', () => {
    const line = renderEventJson({ type: 'connecting', target: 'postgres://u:hunter2@h/db' });
    expect(JSON.parse(line)).toEqual({
      format: 'plinth-events/1',
      type: 'connecting',
      target: 'postgres://u:***@h/db',
    });
    expect(
      JSON.parse(
        renderEventJson({ type: 'history', format: 'goose', location: 'db', migrations: 1, passedOver: [] }),
      ),
    ).toMatchObject({ format: 'plinth-events/1', type: 'history', historyFormat: 'goose' });
    expect(JSON.parse(renderResultJson(RESULT))).toMatchObject({ type: 'finished', result: { run: 'r1' } });
  });
});

test('a result names what it made, or says that there was nothing to do', () => {
  expect(renderResult({ ...RESULT, outcome: 'applied', created: ['public.audit_events'] })).toContain(
    'Made: public.audit_events',
  );
  expect(renderResult({ ...RESULT, outcome: 'nothing-to-do', steps: [] })).toMatch(/^Nothing to do/);
});
